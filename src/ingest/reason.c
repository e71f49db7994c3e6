#include "ingest/reason.h"

#include <string.h>

const struct st_reason_text st_reasons[ST_REASON_COUNT] = {
#define ST_REASON_ROW(name, code, en, zh, hint_en, hint_zh) {code, {en, zh}, {hint_en, hint_zh}},
    ST_REASONS(ST_REASON_ROW)
#undef ST_REASON_ROW
};

const struct st_reason_text *st_reason_find(const char *code)
{
    for (int i = 0; i < ST_REASON_COUNT; i++)
        if (strcmp(st_reasons[i].code, code) == 0)
            return &st_reasons[i];
    return NULL;
}
