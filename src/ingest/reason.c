#include "ingest/reason.h"

const struct st_reason_text st_reasons[ST_REASON_COUNT] = {
#define ST_REASON_ROW(name, code, en, zh, hint_en, hint_zh) {code, {en, zh}, {hint_en, hint_zh}},
    ST_REASONS(ST_REASON_ROW)
#undef ST_REASON_ROW
};
