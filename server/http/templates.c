/* The set of all pages in all languages (http/template.h). */
#include <string.h>

#include "base/mem.h"
#include "http/template.h"

struct page {
    char *name;
    struct template *templates[LANG_COUNT];
};

struct templates {
    struct page *pages;
    size_t len, room;
};

static struct page *find_page(const struct templates *templates, struct slice name)
{
    for (size_t i = 0; i < templates->len; i++) {
        if (slice_is(name, templates->pages[i].name))
            return &templates->pages[i];
    }
    return NULL;
}

/* Cuts "pages/<lang>/<page>.html"; false for any other path. */
static bool cut_path(const char *path, enum lang *lang, struct slice *name)
{
    const char *slash;
    if (strncmp(path, "pages/", 6) != 0 || (slash = strchr(path + 6, '/')) == NULL)
        return false;
    *name = slice_str(slash + 1);
    if (name->len <= 5 || memcmp(name->data + name->len - 5, ".html", 5) != 0)
        return false;
    name->len -= 5;
    return lang_parse(slice_of(path + 6, (size_t)(slash - path - 6)), lang);
}

static enum err add_page(struct templates *templates, const struct static_file *file,
                         struct fault *fault)
{
    enum lang lang;
    struct slice name;
    if (!cut_path(file->path, &lang, &name))
        return OK;
    struct page *page = find_page(templates, name);
    if (page == NULL) {
        GROW(templates->pages, templates->len, templates->room);
        page = &templates->pages[templates->len++];
        *page = (struct page){.name = xstrndup(name.data, name.len)};
    }
    return template_parse(file->path, file->bodies[0].bytes, lang, &page->templates[lang], fault);
}

static enum err check_languages(const struct templates *templates, struct fault *fault)
{
    for (size_t i = 0; i < templates->len; i++) {
        for (int lang = 0; lang < LANG_COUNT; lang++) {
            if (templates->pages[i].templates[lang] == NULL)
                return fault_set(fault, ERR_INVALID, "pages/%s/%s.html is missing",
                                 lang_code((enum lang)lang), templates->pages[i].name);
        }
    }
    return OK;
}

enum err templates_load(const struct static_files *files, struct templates **out,
                        struct fault *fault)
{
    struct templates *templates = xcalloc(1, sizeof *templates);
    enum err err = OK;
    for (size_t i = 0; i < static_count(files) && err == OK; i++)
        err = add_page(templates, static_file_nth(files, i), fault);
    if (err == OK)
        err = check_languages(templates, fault);
    if (err != OK) {
        templates_destroy(templates);
        return err;
    }
    *out = templates;
    return OK;
}

void templates_destroy(struct templates *templates)
{
    if (templates == NULL)
        return;
    for (size_t i = 0; i < templates->len; i++) {
        for (int lang = 0; lang < LANG_COUNT; lang++)
            template_destroy(templates->pages[i].templates[lang]);
        free(templates->pages[i].name);
    }
    free(templates->pages);
    free(templates);
}

const struct template *templates_find(const struct templates *templates, enum lang lang,
                                      const char *page)
{
    const struct page *found = find_page(templates, slice_str(page));
    return found == NULL ? NULL : found->templates[lang];
}
