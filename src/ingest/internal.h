/* What the files of this folder share and nobody else needs. */
#ifndef ST_INGEST_INTERNAL_H
#define ST_INGEST_INTERNAL_H

#include "base/error.h"

/* Leaves the function with the code of a call that failed. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        st_code try_code_ = (call);                                                                \
        if (try_code_ != ST_OK)                                                                    \
            return try_code_;                                                                      \
    } while (0)

/* until_load of a row in force. */
#define ST_IN_FORCE INT64_MAX

#endif
