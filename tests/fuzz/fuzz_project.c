/* The project file, and the same bytes as a CSV of features and of levers. */
#include "project/project.h"
#include "project/reading.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    struct project *p = NULL;
    struct fault_list faults = {0};
    struct error e;
    if (project_parse(text, length, "candor.json", "/nonexistent", &p, &faults,
                      &e) == ST_OK) {
        (void)project_score(p, 0.5);
        for (size_t i = 0; i < p->features; i++)
            if (p->feature[i].input == NULL)
                __builtin_trap();
        project_free(p);
    }
    fault_list_free(&faults);

    const char *languages[] = {"en-US"};
    struct places places = {0};
    struct project small = {.languages = 1, .language = languages,
                            .places = &places};
    struct reading r = {.p = &small, .faults = &faults, .source = "f.csv"};
    struct source_text file = {"f.csv", text, length};
    for (int levers = 0; levers < 2; levers++) {
        struct sheet sheet = {0};
        if (sheet_read(&r, levers ? GROUP_LEVER : GROUP_FEATURE, &file, &sheet,
                       &e) == ST_OK &&
            sheet.root == NULL)
            __builtin_trap();
        sheet_free(&sheet);
        fault_list_free(&faults);
    }
    return 0;
}
