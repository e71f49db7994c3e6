/* strata init with files: draft a mapping and a policy, try both, write them, make the store. */
#ifndef ST_APP_DRAFT_H
#define ST_APP_DRAFT_H

#include "app/app.h"
#include "draft/draft.h"

/* Files above this many bytes in all are not tried: the drafts are parsed only. */
#define ST_APP_DRAFT_TRIED_BYTES_MAX INT64_C(268435456)

struct st_app_draft_options {
    struct st_draft_options draft; /* `today` is filled in */
    const char *directory;         /* where mapping.yaml and policy.yaml go; made when missing */
    bool force;                    /* replace drafts that are there; never a store */
};

struct st_app_draft_report {
    struct st_draft draft;
    const char *mapping_path, *policy_path;
    bool made_store; /* false: there was one, and it stays as it is */
    bool tried;      /* the files were imported and rated in memory */
    struct st_import_report import;
    struct st_run_report run;
};

/* Both documents appear whole or not at all, and only when they parse and, for files that are not
 * too large, import and rate. Errors: ST_E_CONFLICT for documents that are there, the drafting's,
 * the store's, ST_E_IO. */
ST_MUST_CHECK st_code st_app_draft(const struct st_app_store *store, struct st_arena *arena,
    const struct st_app_draft_options *options, struct st_app_draft_report *report,
    struct st_error *err);

#endif
