/* The files of web/report and ECharts' script, compiled in by web.S. */
#ifndef ST_REPORT_WEB_H
#define ST_REPORT_WEB_H

extern const char st_web_template[], st_web_template_end[];
extern const char st_web_style[], st_web_style_end[];
extern const char st_web_script[], st_web_script_end[];
extern const char st_web_echarts[], st_web_echarts_end[];

#endif
