#include "demo/catalog.h"

#include "base/vec.h"

const char *const st_demo_class_names[ST_DEMO_CLASS_COUNT] = {
    [ST_DEMO_DEPOSIT] = "deposit",
    [ST_DEMO_WEALTH] = "wealth",
    [ST_DEMO_FUND] = "fund",
    [ST_DEMO_INSURANCE] = "insurance",
    [ST_DEMO_BOND] = "bond",
    [ST_DEMO_METAL] = "metal",
    [ST_DEMO_TRUST] = "trust",
    [ST_DEMO_LOAN] = "loan",
    [ST_DEMO_CARD] = "card",
};

const struct st_demo_currency_info st_demo_currencies[ST_DEMO_CURRENCY_COUNT] = {
    [ST_DEMO_CNY] = {0, "CNY", 2, 1000000, 0, 100000},
    [ST_DEMO_USD] = {55, "USD", 2, 7082700, 1200, 5000000},
    [ST_DEMO_HKD] = {20, "HKD", 2, 906220, 1250, 2000000},
    [ST_DEMO_EUR] = {12, "EUR", 2, 7859200, 3500, 1000000},
    [ST_DEMO_JPY] = {13, "JPY", 0, 50213, 5000, 100000},
};

#define ALL ST_DEMO_FOR_ALL
#define PERSONS ST_DEMO_FOR_PERSONS
#define COMPANIES ST_DEMO_FOR_COMPANIES

/* clang-format off */
const struct st_demo_product st_demo_products[] = {
    /* weight, class, code, title, risk, audience, minimum, months, margin, rate, swing, sold */
    {0, ST_DEMO_DEPOSIT, "D001", "活期储蓄存款", 1, PERSONS, 0, 0, 1800000, 100000, 0, "2001-01-01", NULL},
    {0, ST_DEMO_DEPOSIT, "D002", "单位活期存款", 1, COMPANIES, 0, 0, 1700000, 100000, 0, "2001-01-01", NULL},
    {0, ST_DEMO_DEPOSIT, "D003", "外汇活期存款", 1, ALL, 0, 0, 900000, 500000, 0, "2001-01-01", NULL},
    {0, ST_DEMO_LOAN, "L701", "个人住房贷款", 0, PERSONS, 100000, 240, 1200000, 3600000, 0, "2001-01-01", NULL},
    {0, ST_DEMO_LOAN, "L702", "个人消费贷款", 0, PERSONS, 5000, 36, 2100000, 4800000, 0, "2001-01-01", NULL},
    {0, ST_DEMO_LOAN, "L703", "单位流动资金贷款", 0, COMPANIES, 100000, 24, 1600000, 4200000, 0, "2001-01-01", NULL},
    {14, ST_DEMO_DEPOSIT, "T003", "整存整取三个月", 1, PERSONS, 50, 3, 900000, 1050000, 0, "2001-01-01", NULL},
    {18, ST_DEMO_DEPOSIT, "T006", "整存整取六个月", 1, PERSONS, 50, 6, 850000, 1250000, 0, "2001-01-01", NULL},
    {34, ST_DEMO_DEPOSIT, "T012", "整存整取一年", 1, PERSONS, 50, 12, 800000, 1450000, 0, "2001-01-01", NULL},
    {12, ST_DEMO_DEPOSIT, "T024", "整存整取两年", 1, PERSONS, 50, 24, 700000, 1650000, 0, "2001-01-01", NULL},
    {14, ST_DEMO_DEPOSIT, "T036", "整存整取三年", 1, PERSONS, 50, 36, 600000, 1950000, 0, "2001-01-01", NULL},
    {40, ST_DEMO_DEPOSIT, "T136", "大额存单三年", 1, PERSONS, 200000, 36, 450000, 2350000, 0, "2016-01-01", NULL},
    {40, ST_DEMO_DEPOSIT, "T212", "单位定期一年", 1, COMPANIES, 10000, 12, 750000, 1450000, 0, "2001-01-01", NULL},
    {34, ST_DEMO_WEALTH, "W101", "日日盈现金管理", 1, ALL, 1, 0, 300000, 1800000, 90, "2019-03-01", NULL},
    {26, ST_DEMO_WEALTH, "W102", "稳利封闭三个月", 2, ALL, 10000, 3, 450000, 2400000, 260, "2019-03-01", NULL},
    {20, ST_DEMO_WEALTH, "W103", "稳利封闭半年", 2, ALL, 10000, 6, 500000, 2650000, 300, "2019-09-01", NULL},
    {14, ST_DEMO_WEALTH, "W104", "固收增强一年", 3, ALL, 10000, 12, 700000, 3200000, 1800, "2020-01-06", NULL},
    {8, ST_DEMO_WEALTH, "W105", "安享半年（已停售）", 2, PERSONS, 50000, 6, 400000, 2900000, 300, "2018-01-01", "2024-06-30"},
    {18, ST_DEMO_WEALTH, "W106", "私行优选", 4, ALL, 1000000, 12, 1100000, 4000000, 9000, "2021-05-10", NULL},
    {30, ST_DEMO_FUND, "F201", "汇宝货币基金", 1, ALL, 1, 0, 250000, 1700000, 60, "2014-06-01", NULL},
    {24, ST_DEMO_FUND, "F202", "纯债基金", 2, ALL, 10, 0, 500000, 2900000, 3500, "2015-01-01", NULL},
    {22, ST_DEMO_FUND, "F203", "稳健混合基金", 3, ALL, 10, 0, 1100000, 4500000, 26000, "2015-01-01", NULL},
    {16, ST_DEMO_FUND, "F204", "宽基指数基金", 4, ALL, 10, 0, 600000, 5500000, 48000, "2016-01-01", NULL},
    {8, ST_DEMO_FUND, "F205", "科技主题股票基金", 5, ALL, 10, 0, 1400000, 6500000, 72000, "2018-07-01", NULL},
    {36, ST_DEMO_INSURANCE, "I301", "增额终身寿险", 1, PERSONS, 1000, 0, 2600000, 0, 0, "2017-01-01", NULL},
    {30, ST_DEMO_INSURANCE, "I302", "养老年金保险", 1, PERSONS, 2000, 0, 2400000, 0, 0, "2017-01-01", NULL},
    {22, ST_DEMO_INSURANCE, "I303", "分红两全保险", 2, PERSONS, 5000, 0, 2200000, 0, 0, "2018-01-01", NULL},
    {60, ST_DEMO_BOND, "B401", "储蓄国债三年", 1, PERSONS, 100, 36, 150000, 1930000, 0, "2006-07-01", NULL},
    {40, ST_DEMO_BOND, "B402", "储蓄国债五年", 1, PERSONS, 100, 60, 150000, 2000000, 0, "2006-07-01", NULL},
    {100, ST_DEMO_METAL, "M501", "积存金", 3, PERSONS, 600, 0, 500000, 6000000, 36000, "2013-04-01", NULL},
    {70, ST_DEMO_TRUST, "S601", "集合资金信托两年", 4, ALL, 1000000, 24, 1300000, 5200000, 0, "2015-01-01", NULL},
    {30, ST_DEMO_TRUST, "S602", "家族信托", 3, PERSONS, 10000000, 0, 900000, 4200000, 2500, "2018-01-01", NULL},
    {80, ST_DEMO_CARD, "K801", "云岫信用卡普卡", 0, PERSONS, 0, 0, 3500000, 0, 0, "2005-01-01", NULL},
    {20, ST_DEMO_CARD, "K802", "云岫信用卡金卡", 0, PERSONS, 5000, 0, 3800000, 0, 0, "2008-01-01", NULL},
};
/* clang-format on */
const size_t st_demo_product_count = ST_COUNT(st_demo_products);

/* The rows that rules name stand first. */
const struct st_demo_product *const st_demo_personal_demand = &st_demo_products[0];
const struct st_demo_product *const st_demo_company_demand = &st_demo_products[1];
const struct st_demo_product *const st_demo_foreign_demand = &st_demo_products[2];
const struct st_demo_product *const st_demo_mortgage = &st_demo_products[3];
const struct st_demo_product *const st_demo_consumer_loan = &st_demo_products[4];
const struct st_demo_product *const st_demo_company_loan = &st_demo_products[5];

int st_demo_term_days(const struct st_demo_product *product)
{
    return product->term_months * 365 / 12;
}

static bool may_buy(const struct st_demo_product *p, enum st_demo_class class, int audience,
    int64_t yuan, int risk_max, st_date on)
{
    char day[ST_DATE_TEXT_SIZE];
    if (p->class != class || !(p->audience & audience) || p->minimum > yuan || p->risk > risk_max)
        return false;
    st_date_format(on, day); /* ISO dates compare as text */
    return strcmp(p->sale_from, day) <= 0 && (!p->sale_until || strcmp(day, p->sale_until) <= 0);
}

const struct st_demo_product *st_demo_choose_product(struct st_rng *rng, enum st_demo_class class,
    int audience, int64_t yuan, int risk_max, st_date on)
{
    int weights[ST_COUNT(st_demo_products)];
    int total = 0;
    for (size_t i = 0; i < st_demo_product_count; i++) {
        bool fits = may_buy(&st_demo_products[i], class, audience, yuan, risk_max, on);
        weights[i] = fits ? st_demo_products[i].weight : 0;
        total += weights[i];
    }
    if (total == 0)
        return NULL;
    return &st_demo_products[st_demo_pick(rng, weights, sizeof weights[0], ST_COUNT(weights))];
}

/* The bank does not exist; the cities do. */
const struct st_demo_branch st_demo_branches[] = {
    {0, "B000", "云岫银行总行", "上海", "", 0},
    {20, "B100", "云岫银行上海分行", "上海", "B000", 120},
    {60, "B101", "云岫银行上海徐汇支行", "上海", "B100", 60},
    {70, "B102", "云岫银行上海浦东支行", "上海", "B100", 60},
    {40, "B103", "云岫银行上海闵行支行", "上海", "B100", 60},
    {20, "B200", "云岫银行北京分行", "北京", "B000", 120},
    {65, "B201", "云岫银行北京海淀支行", "北京", "B200", 60},
    {60, "B202", "云岫银行北京朝阳支行", "北京", "B200", 60},
    {16, "B300", "云岫银行广东分行", "广州", "B000", 120},
    {55, "B301", "云岫银行广州天河支行", "广州", "B300", 60},
    {60, "B302", "云岫银行深圳南山支行", "深圳", "B300", 60},
    {35, "B303", "云岫银行佛山支行", "佛山", "B300", 380},
    {30, "B304", "云岫银行东莞支行", "东莞", "B300", 420},
    {14, "B400", "云岫银行浙江分行", "杭州", "B000", 120},
    {50, "B401", "云岫银行杭州西湖支行", "杭州", "B400", 60},
    {35, "B402", "云岫银行宁波支行", "宁波", "B400", 300},
    {25, "B403", "云岫银行温州支行", "温州", "B400", 460},
    {14, "B500", "云岫银行江苏分行", "南京", "B000", 120},
    {45, "B501", "云岫银行南京鼓楼支行", "南京", "B500", 60},
    {50, "B502", "云岫银行苏州工业园支行", "苏州", "B500", 260},
    {12, "B600", "云岫银行四川分行", "成都", "B000", 120},
    {55, "B601", "云岫银行成都锦江支行", "成都", "B600", 180},
    {22, "B602", "云岫银行绵阳支行", "绵阳", "B600", 640},
    {10, "B700", "云岫银行华中分行", "武汉", "B000", 120},
    {45, "B701", "云岫银行武汉江汉支行", "武汉", "B700", 60},
    {35, "B702", "云岫银行长沙岳麓支行", "长沙", "B700", 240},
};
const size_t st_demo_branch_count = ST_COUNT(st_demo_branches);

/* clang-format off */
const struct st_demo_occupation st_demo_occupations[] = {
    {210, 120, "企业职员", 20, 60, 96000, ST_DEMO_SALARY, NULL},
    {45, 60, "公务员", 22, 60, 118000, ST_DEMO_SALARY, "公共管理"},
    {50, 50, "教师", 22, 60, 105000, ST_DEMO_SALARY, "教育"},
    {42, 70, "医护人员", 22, 62, 128000, ST_DEMO_SALARY, "卫生"},
    {75, 90, "工程技术人员", 22, 60, 168000, ST_DEMO_SALARY, "信息技术"},
    {130, 10, "产业工人", 18, 58, 68000, ST_DEMO_SALARY, "制造业"},
    {70, 6, "服务业员工", 18, 58, 56000, ST_DEMO_SALARY, "住宿餐饮"},
    {38, 4, "快递与网约配送员", 18, 50, 78000, ST_DEMO_TAKINGS, "交通运输"},
    {80, 150, "个体工商户", 22, 72, 110000, ST_DEMO_TAKINGS, "批发零售"},
    {14, 260, "企业主", 28, 78, 420000, ST_DEMO_TAKINGS, NULL},
    {16, 180, "企业高管", 30, 65, 480000, ST_DEMO_SALARY, NULL},
    {16, 40, "律师与会计师", 25, 68, 260000, ST_DEMO_SALARY, "商务服务"},
    {40, 30, "自由职业者", 20, 70, 72000, ST_DEMO_TAKINGS, "文体娱乐"},
    {46, 4, "农业劳动者", 20, 80, 32000, ST_DEMO_TAKINGS, "农林牧渔"},
    {60, 3, "学生", 18, 27, 9000, ST_DEMO_UNPAID, "教育"},
    {190, 200, "退休人员", 55, 90, 52000, ST_DEMO_PENSION, NULL},
    {34, 40, "全职持家", 24, 75, 6000, ST_DEMO_UNPAID, NULL},
};
/* clang-format on */
const size_t st_demo_occupation_count = ST_COUNT(st_demo_occupations);

const struct st_demo_word st_demo_industries[] = {
    {220, "制造业"},
    {130, "批发零售"},
    {90, "信息技术"},
    {80, "建筑业"},
    {60, "金融业"},
    {60, "交通运输"},
    {50, "教育"},
    {45, "卫生"},
    {45, "房地产"},
    {45, "商务服务"},
    {40, "住宿餐饮"},
    {40, "公共管理"},
    {30, "科学研究"},
    {30, "能源"},
    {20, "文体娱乐"},
    {15, "农林牧渔"},
};
const size_t st_demo_industry_count = ST_COUNT(st_demo_industries);

const struct st_demo_word st_demo_merchants[] = {
    {300, "网上购物"},
    {210, "餐饮"},
    {170, "超市"},
    {70, "交通出行"},
    {55, "加油充电"},
    {45, "服饰"},
    {40, "医疗"},
    {35, "教育培训"},
    {35, "通讯缴费"},
    {30, "数码家电"},
    {25, "旅行住宿"},
    {20, "文娱"},
};
const size_t st_demo_merchant_count = ST_COUNT(st_demo_merchants);

const struct st_demo_word st_demo_educations[] = {
    {180, "初中及以下"},
    {250, "高中或中专"},
    {230, "大专"},
    {280, "本科"},
    {60, "硕士及以上"},
};
const size_t st_demo_education_count = ST_COUNT(st_demo_educations);
