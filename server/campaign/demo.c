#include "campaign/demo.h"

#include "base/crockford.h"
#include "base/mem.h"
#include "base/random.h"
#include "register/bin.h"

#define DAY_S 86400
#define CODE_LEN 12 /* 60 bits */

static const char *const kinds[][3] = {
    {"қоғамдық қоры", "общественный фонд", "Public Foundation"},
    {"қоғамдық бірлестігі", "общественное объединение", "Public Association"},
    {"мекемесі", "учреждение", "Institution"},
};

static const char *const works[][3] = {
    {"Жас бастама", "Жас бастама", "Young Initiative"},
    {"Таза өзен", "Чистая река", "Clean River"},
    {"Қамқор", "Забота", "Care"},
    {"Білім жолы", "Путь знаний", "Path of Knowledge"},
    {"Жасыл дала", "Зелёная степь", "Green Steppe"},
    {"Мейірім", "Милосердие", "Kindness"},
    {"Ашық есік", "Открытая дверь", "Open Door"},
    {"Салауатты ұрпақ", "Здоровое поколение", "Healthy Generation"},
    {"Мұра", "Наследие", "Heritage"},
    {"Сенім", "Доверие", "Trust"},
};

/* The BIN of the n-th NGO: registered 2000 to 2023, a resident legal entity, head office. */
static void put_bin(struct buf *out, size_t n)
{
    uint8_t digits[11];
    char text[12];
    int check = -1;
    for (size_t serial = n * 7; check < 0; serial++) {
        (void)snprintf(text, sizeof text, "%02u%02u40%05u", (unsigned)(n % 24),
                       (unsigned)(n % 12 + 1), (unsigned)(serial % 100000));
        for (size_t i = 0; i < sizeof digits; i++)
            digits[i] = (uint8_t)(text[i] - '0');
        check = bin_check_digit(digits);
    }
    buf_printf(out, "%s%d", text, check);
}

static void put_name(struct buf *out, size_t n, enum rules_lang lang)
{
    const char *work = works[n % 10][lang], *kind = kinds[n % 3][lang];
    if (lang == RULES_RU)
        buf_printf(out, ",%s «%s %zu» (демо)", kind, work, n);
    else
        buf_printf(out, ",«%s %zu» %s (%s)", work, n, kind, lang == RULES_KK ? "демо" : "demo");
}

/* Of the first 250 every one with a BIN may be nominated; those behind show what else there is. */
static const char *demo_status(size_t n)
{
    if (n % 14 == 0)
        return "NO_BIN";
    if (n <= 250)
        return "ACTIVE";
    return n % 11 == 0   ? "SUSPENDED"
           : n % 7 == 3  ? "INACTIVE"
           : n % 23 == 0 ? "LIQUIDATING"
                         : "ACTIVE";
}

static void put_facts(struct buf *out, const struct rules *rules, size_t n)
{
    static const char *const former[] = {"Болашақ", "Достық", "Нұр жол"};
    const char *direction = rules->categories[n % rules->categories_len].id;
    buf_printf(out, ",%s", n % 42 == 0 ? "FOREIGN_REPRESENTATION" : "HEAD");
    buf_printf(out, n % 5 == 0 ? ",2025|2026:2026-03-%02zu" : ",2025:2025-03-%02zu|2026",
               n % 28 + 1);
    if (n % 6 == 0)
        buf_printf(out, ",«%s %zu» (демо)", former[n % 3], n);
    else
        buf_put_str(out, ",");
    buf_printf(out, ",,%s,%s\r\n", direction,
               n > 250 && n % 10 == 0 ? "2025"
               : n % 19 == 0          ? "2017|2019"
                                      : "");
}

/* In the form and order in which `dauys register import` writes it. */
void demo_register(const struct rules *rules, size_t ngos, struct buf *out)
{
    buf_put_str(out, "id,bin,name_kk,name_ru,name_en,region,status,filed_year,source_id,kind,filed,"
                     "former_names,former_region,directions,laureate\r\n");
    for (size_t n = 1; n <= ngos; n++) {
        buf_printf(out, "n%05zu,", n);
        if (n % 14 != 0) /* as in the real register, one in fourteen has none */
            put_bin(out, n);
        put_name(out, n, RULES_KK);
        put_name(out, n, RULES_RU);
        put_name(out, n, RULES_EN);
        buf_printf(out, ",%s,%s,2026,",
                   rules->regions_len == 0 ? "" : rules->regions[n % rules->regions_len].code,
                   demo_status(n));
        put_facts(out, rules, n);
    }
}

void demo_nominees(const struct rules *rules, size_t ngos, size_t nominees, struct buf *out)
{
    size_t written = 0;
    buf_put_str(out, "ngo,cat\r\n");
    for (size_t n = 1; n <= ngos && written < nominees; n++) {
        if (n % 14 == 0)
            continue;
        buf_printf(out, "n%05zu,%s\r\n", n,
                   rules->categories[written++ % rules->categories_len].id);
    }
}

void demo_roll(size_t voters, struct buf *out)
{
    buf_put_str(out, "voter,code\r\n");
    for (size_t n = 1; n <= voters; n++) {
        buf_printf(out, "demo-%zu,", n);
        for (int i = 0; i < CODE_LEN; i++) {
            if (i > 0 && i % 4 == 0)
                buf_put_byte(out, '-');
            buf_put_byte(out, (uint8_t)crockford_alphabet[random_below(32)]);
        }
        buf_put_str(out, "\r\n");
    }
}

size_t demo_schedule(const struct rules *rules, int64_t now_unix, enum phase open, unsigned days,
                     struct rules_phase phases[static PHASE_COUNT])
{
    /* Whole hours, as real ones are. */
    int64_t hour = now_unix - now_unix % 3600;
    int64_t opens = hour - DAY_S;
    size_t shown = 0;
    while (shown < rules->phases_len && rules->phases[shown].phase != open)
        shown++;
    opens -= 4 * DAY_S * (int64_t)shown;
    for (size_t i = 0; i < rules->phases_len; i++) {
        int64_t length = i == shown ? (int64_t)(days + 1) * DAY_S : 4 * DAY_S;
        phases[i] = (struct rules_phase){rules->phases[i].phase, opens, opens + length};
        opens += length;
    }
    return rules->phases_len;
}
