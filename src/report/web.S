/* Files as read-only bytes: the assembler copies them, no generator is needed. The paths come from
 * CMakeLists.txt, which also makes this file depend on them. */
    .section .rodata

#define FILE(name, path)                                                                           \
    .global name;                                                                                  \
    .global name##_size;                                                                           \
    name:;                                                                                         \
    .incbin path;                                                                                  \
    name##_end:;                                                                                   \
    .balign 8;                                                                                     \
    name##_size:;                                                                                  \
    .quad name##_end - name

FILE(st_web_template, WEB_TEMPLATE)
FILE(st_web_style, WEB_STYLE)
FILE(st_web_page, WEB_PAGE)
FILE(st_web_report, WEB_REPORT)
FILE(st_web_simulation, WEB_SIMULATION)
FILE(st_web_echarts, WEB_ECHARTS)

    .section .note.GNU-stack, "", @progbits
