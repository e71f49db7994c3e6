/* The files of web/report and ECharts' script, compiled in by web.S. */
#ifndef ST_REPORT_WEB_H
#define ST_REPORT_WEB_H

#include <stdint.h>

extern const char st_web_template[], st_web_style[], st_web_page[], st_web_report[],
    st_web_simulation[], st_web_echarts[];
extern const uint64_t st_web_template_size, st_web_style_size, st_web_page_size, st_web_report_size,
    st_web_simulation_size, st_web_echarts_size; /* bytes; no NUL follows */

#endif
