/* What a column is for, by its name: a dictionary of general words in English and Chinese. */
#ifndef ST_DRAFT_ROLES_H
#define ST_DRAFT_ROLES_H

#include "ingest/profile.h"

enum st_role {
    ST_ROLE_NONE,
    ST_ROLE_CUSTOMER,
    ST_ROLE_ACCOUNT,
    ST_ROLE_ROW_NUMBER,
    ST_ROLE_DOCUMENT,
    ST_ROLE_DATE,
    ST_ROLE_BIRTH,
    ST_ROLE_OPENED,
    ST_ROLE_CLOSED,
    ST_ROLE_MATURES,
    ST_ROLE_AMOUNT,
    ST_ROLE_QUANTITY,
    ST_ROLE_PRICE,
    ST_ROLE_BALANCE,
    ST_ROLE_INCOME,
    ST_ROLE_AGE,
    ST_ROLE_GENDER,
    ST_ROLE_REGION,
    ST_ROLE_BRANCH,
    ST_ROLE_OCCUPATION,
    ST_ROLE_INDUSTRY,
    ST_ROLE_RISK,
    ST_ROLE_HOUSEHOLD,
    ST_ROLE_CURRENCY,
    ST_ROLE_PRODUCT,
    ST_ROLE_CLASS,
    ST_ROLE_KIND,
    ST_ROLE_CHANNEL,
    ST_ROLE_DIRECTION,
    ST_ROLE_PERSONAL,
    ST_ROLE_COUNT,
};

/* How well the name fits the role, 0 for not at all. A column whose type the role cannot have fits
 * none. */
int st_role_score(enum st_role role, const struct st_profile_column *column);

/* The role's own name, also a good name for an attribute: "age". */
const char *st_role_name(enum st_role role);

/* A name of codes, not of amounts: district_id, 机构代码. */
bool st_role_is_code_name(const char *header);

/* "NumOfProducts" → "num_of_products"; "" when the name has no ASCII letters to make one of. */
char *st_role_identifier(struct st_arena *arena, const char *name);

#endif
