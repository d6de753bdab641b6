#include "rules_words.h"

static const char *const words[RULES_WORDS][RULES_LANGS] = {
    [WORD_DEMO] = {"Бұл науқан — көрсетілім: оның ешқандай құқықтық салдары жоқ.",
                   "Эта кампания — демонстрация: она не имеет никаких правовых последствий.",
                   "This campaign is a demonstration: it has no legal effect."},
    [WORD_PHASES] = {"# Кезеңдер", "# Этапы", "# Phases"},
    [WORD_PHASE] = {"{1}. Басталуы: {2}. Аяқталуы: {3}.", "{1}. Начало: {2}. Окончание: {3}.",
                    "{1}. Opens: {2}. Closes: {3}."},
    [WORD_HALF_OPEN] = {"Аяқталу сәтінде және одан кейін келгені қабылданбайды. Уақыт — Астана "
                        "уақыты (UTC+5).",
                        "То, что пришло в момент окончания или позже, не принимается. Время "
                        "астанинское (UTC+5).",
                        "What arrives at the closing time or later is not accepted. Times are "
                        "Astana time (UTC+5)."},
    [WORD_EXTEND] = {"Мерзім екі адам қол қойған, себебі көрсетілген шешіммен ғана өзгереді. Ол "
                     "шешім журналға жазылады.",
                     "Срок меняется только решением с указанием причины и двумя подписями. Оно "
                     "записывается в журнал.",
                     "A date changes only by a decision that gives its reason and has two "
                     "signatures. It is recorded in the ledger."},

    [WORD_NOMINATION] = {"# Үміткерлерді ұсыну", "# Выдвижение", "# Nomination"},
    [WORD_WHO] = {"Ұсына алатындар: {1}.", "Выдвигать могут: {1}.", "Who may nominate: {1}."},
    [WORD_PER_PERSON] = {"Бір адам жасай алатын ұсыныс саны: ең көбі {1}.",
                         "Выдвижений от одного человека: не больше {1}.",
                         "Nominations by one person: at most {1}."},
    [WORD_PER_NGO] = {"Бір ұйым ұсыныла алатын бағыт саны: ең көбі {1}.",
                      "Направлений, по которым можно выдвинуть одну организацию: не больше {1}.",
                      "Categories in which one NGO may be nominated: at most {1}."},
    [WORD_OWN_ALLOW] = {"Ұйымды оның басшысы мен қызметкерлері де ұсына алады.",
                        "Организацию могут выдвинуть и её руководитель, и сотрудники.",
                        "An NGO's own head and staff may nominate it."},
    [WORD_OWN_FLAG] = {"Ұйымды оның басшысы немесе қызметкері ұсынса, ұсыныс қабылданып, "
                       "модераторларға белгіленеді.",
                       "Если организацию выдвинул её руководитель или сотрудник, выдвижение "
                       "принимается и отмечается для модераторов.",
                       "A nomination by the NGO's own head or staff is accepted and marked for the "
                       "moderators."},
    [WORD_OWN_REFUSE] = {"Ұйымның басшысы мен қызметкерлерінің өз ұйымын ұсынуы қабылданбайды.",
                         "Выдвижение своей организации её руководителем или сотрудником не "
                         "принимается.",
                         "A nomination by the NGO's own head or staff is not accepted."},
    [WORD_OWN_BALLOTS] = {"Бюллетень құпия, сондықтан ұйымды өз адамдары бағалағанын тексеру "
                          "мүмкін емес.",
                          "Бюллетени тайные, поэтому проверить, оценивают ли организацию её же "
                          "люди, нельзя.",
                          "Ballots are secret, so it cannot be checked whether an NGO's own people "
                          "evaluate it."},
    [WORD_CURE] = {"Қайтарылған ұсынысты толықтыруға берілетін жұмыс күні: {1}.",
                   "Рабочих дней на доработку возвращённого выдвижения: {1}.",
                   "Working days to complete a nomination that was returned: {1}."},
    [WORD_APPEAL_REFUSAL] = {"Бас тартуға шағымдануға берілетін жұмыс күні: {1}.",
                             "Рабочих дней на обжалование отказа: {1}.",
                             "Working days to appeal a refusal: {1}."},

    [WORD_ELIGIBILITY] = {"# Ұйымдарға қойылатын талаптар", "# Требования к организациям",
                          "# Which NGOs are admitted"},
    [WORD_STATUSES] = {"Ұйымның тізілімдегі мәртебесі мынадай болуға тиіс: {1}.",
                       "Статус организации в реестре должен быть таким: {1}.",
                       "The NGO's status in the register must be: {1}."},
    [WORD_FILED] = {"Ұйым мәліметін тапсыруға тиіс. Есепті жыл: {1}. Соңғы күні: {2}.",
                    "Организация должна была подать сведения. Отчётный год: {1}. Последний день: "
                    "{2}.",
                    "The NGO must have filed its data. Year: {1}. Last day: {2}."},
    [WORD_LAUREATES] = {"Соңғы жылдардың лауреаттары қатыспайды. Жыл саны: {1}.",
                        "Лауреаты последних лет не участвуют. Число лет: {1}.",
                        "Laureates of the last years are not admitted. Number of years: {1}."},

    [WORD_VOTERS] = {"# Кім бағалайды", "# Кто оценивает", "# Who evaluates"},
    [WORD_AGE] = {"Бағалау ашылатын күнгі ең төменгі жас: {1}.",
                  "Наименьший возраст в день открытия оценки: {1}.",
                  "Least age on the day evaluation opens: {1}."},
    [WORD_CITIZENS] = {"Тек Қазақстан азаматтары бағалайды.",
                       "Оценивают только граждане Казахстана.",
                       "Only citizens of Kazakhstan evaluate."},
    [WORD_VOTER_CATEGORIES] = {"Бір адам бағалай алатын бағыт саны: ең көбі {1}.",
                               "Направлений, которые может оценить один человек: не больше {1}.",
                               "Categories that one person may evaluate: at most {1}."},
    [WORD_TO_NOMINATE] = {"Ұсыну үшін кіру тәсілдері: {1}.", "Способы входа для выдвижения: {1}.",
                          "Ways to sign in to nominate: {1}."},
    [WORD_TO_EVALUATE] = {"Бағалау үшін кіру тәсілдері: {1}.", "Способы входа для оценки: {1}.",
                          "Ways to sign in to evaluate: {1}."},

    [WORD_BALLOTS] = {"# Қалай бағаланады", "# Как оценивают", "# How to evaluate"},
    [WORD_FINAL] = {"Бюллетень түпкілікті: оны ауыстыруға болмайды.",
                    "Бюллетень окончательный: заменить его нельзя.",
                    "A ballot is final: it cannot be replaced."},
    [WORD_MAX_REV] = {"Бағалау жабылғанша бюллетеньді ауыстыруға болады, соңғысы есептеледі. Бір "
                      "бағытта берілетін бюллетень саны, біріншісін қоса: ең көбі {1}.",
                      "До закрытия оценки бюллетень можно заменить, считается последний. "
                      "Бюллетеней одного человека по направлению вместе с первым: не больше {1}.",
                      "Until evaluation closes a ballot may be replaced, and the last one counts. "
                      "Ballots of one person in a category, the first included: at most {1}."},
    [WORD_CHOOSE] = {"{1}: бір үміткерді таңдаңыз.", "{1}: выберите одного номинанта.",
                     "{1}: choose one nominee."},
    [WORD_APPROVE] = {"{1}: лайықты үміткерлерді белгілеңіз, ең көбі {2}.",
                      "{1}: отметьте достойных номинантов, не больше {2}.",
                      "{1}: approve nominees, at most {2}."},
    [WORD_POINTS] = {"{1}: ұпайларды үміткерлерге бөліп беріңіз, барлығы ең көбі {2}.",
                     "{1}: распределите баллы между номинантами, всего не больше {2}.",
                     "{1}: divide points among nominees, at most {2} in all."},
    [WORD_RANK] = {"{1}: үміткерлерді үздігінен бастап ретімен қойыңыз, ең көбі {2}. Орындардың "
                   "құны: {3}.",
                   "{1}: расставьте номинантов по порядку начиная с лучшего, не больше {2}. "
                   "Стоимость мест: {3}.",
                   "{1}: order nominees from the best on, at most {2}. What the places are worth: "
                   "{3}."},
    [WORD_SCORE] =
        {"{1}: үміткерлерге баға қойыңыз, ең көбі {2}. Баға {3}–{4} аралығында, өлшемдер: "
         "{5}. Айта алмасаңыз, өлшемді бос қалдырыңыз.",
         "{1}: поставьте оценки номинантам, не больше {2}. Оценки от {3} до {4}, "
         "критерии: {5}. Если сказать не можете, оставьте критерий пустым.",
         "{1}: score nominees, at most {2}, from {3} to {4}. Criteria: {5}. Leave a "
         "criterion empty when you can't say."},
    [WORD_CRITERION] = {"{1} (салмағы {2})", "{1} (вес {2})", "{1} (weight {2})"},
    [WORD_TURNOUT] = {"Нәтиже жарамды болуы үшін есептелген бюллетень саны: кемінде {1}.",
                      "Результат действителен, если учтено бюллетеней: не меньше {1}.",
                      "The result is valid when this many ballots are counted: at least {1}."},

    [WORD_COUNTING] = {"# Санау", "# Подсчёт", "# Counting"},
    [WORD_SEALED] = {"Бағалау жабылғанша бюллетеньдер мөрленген күйде қалады, ешкім аралық "
                     "қорытындыны көрмейді.",
                     "До закрытия оценки бюллетени остаются запечатанными, промежуточных итогов не "
                     "видит никто.",
                     "Ballots stay sealed until evaluation closes: nobody sees how it goes."},
    [WORD_LIVE] = {"Бюллетеньдер келген сәтте ашылып, санала береді.",
                   "Бюллетени вскрываются и считаются по мере поступления.",
                   "Ballots are opened and counted as they come in."},
    [WORD_SHOWN] = {"Қорытындыны көретіндер: {1}. Қашан: {2}.", "Итоги видят: {1}. Когда: {2}.",
                    "Who sees the tallies: {1}. When: {2}."},
    [WORD_ANYBODY] =
        {"Бюллетеньдер ашылғаннан кейін кез келген адам оларды жариялаған журналдан "
         "қайта санай алады. Түбіртегіңізді көрген адам сонда таңдауыңызды біледі.",
         "После вскрытия любой может пересчитать бюллетени по опубликованному журналу. "
         "Кто увидит вашу квитанцию, тот узнает тогда и ваш выбор.",
         "Once ballots are opened anybody can count them again from the published "
         "ledger. Whoever sees your receipt can then see your choice."},
    [WORD_TIES] = {"Балл тең болғанда рет былай анықталады: {1}.",
                   "При равных баллах порядок определяют так: {1}.",
                   "Equal scores are decided in this order: {1}."},
    [WORD_TIE_VOTERS] = {"көбірек адам бағалаған үміткер алда",
                         "впереди тот, кого оценило больше людей",
                         "the nominee named by more voters is ahead"},
    [WORD_TIE_LOT] = {"журнал бойынша жеребе, оны кез келген адам қайта есептей алады",
                      "жребий по журналу, который может повторить любой",
                      "a lot drawn from the ledger, which anybody can draw again"},

    [WORD_COUNCIL] = {"# Үйлестіру кеңесі", "# Координационный совет", "# Coordination Council"},
    [WORD_SHORTLIST] = {"Кеңеске өтетіндер: әр бағыттағы 1-орыннан бастап, соңғы орын: {1}.",
                        "В совет проходят места каждого направления с первого, последнее: {1}.",
                        "What goes to the council: the places of each category from 1 to {1}."},
    [WORD_SHORTLIST_VOTERS] = {"Кеңеске өту үшін үміткерді бағалаған адам саны: кемінде {1}.",
                               "Чтобы пройти в совет, номинанта должны оценить. Людей: не меньше "
                               "{1}.",
                               "To go to the council a nominee must be named by voters: at least "
                               "{1}."},
    [WORD_SHORTLIST_FLOOR] = {"Өткендер аз болса, тізім орын ретімен толықтырылады. Тізімдегі "
                              "үміткер саны: кемінде {1}.",
                              "Если прошло мало, список дополняют по порядку мест. Номинантов в "
                              "списке: не меньше {1}.",
                              "When too few remain the list is filled up in order of places. "
                              "Nominees on it: at least {1}."},
    [WORD_MEMBERS] = {"Кеңес мүшелерінің саны: {1}.", "Членов совета: {1}.",
                      "Members of the council: {1}."},
    [WORD_QUORUM] = {"Отырыс жарамды болуы үшін мүшелердің қатысатын үлесі: кемінде {1}.",
                     "Чтобы заседание было правомочным, нужна доля членов: не меньше {1}.",
                     "A meeting is valid with this share of the members: at least {1}."},
    [WORD_MAJORITY_PRESENT] =
        {"Шешім қабылдау үшін қатысқан мүшелердің дауыс үлесі мына шектен асуға тиіс: {1}.",
         "Для решения нужна доля голосов участвующих: больше {1}.",
         "A decision needs this share of those present: more than {1}."},
    [WORD_MAJORITY_ALL] =
        {"Шешім қабылдау үшін барлық мүшенің дауыс үлесі мына шектен асуға тиіс: {1}.",
         "Для решения нужна доля голосов всех членов: больше {1}.",
         "A decision needs this share of all members: more than {1}."},
    [WORD_CASTING] = {"Дауыс тең бөлінсе, төраға қолдаған жақ жеңеді.",
                      "При равенстве голосов решает сторона председателя.",
                      "When votes are equal the chair's side wins."},
    [WORD_NO_CASTING] = {"Дауыс тең бөлінсе, шешім қабылданбайды.",
                         "При равенстве голосов решение не принято.",
                         "When votes are equal there is no decision."},
    [WORD_SECRET] = {"Кеңестің дауыс беруі жасырын.", "Голосование совета тайное.",
                     "The council votes in secret."},
    [WORD_OPEN] = {"Кеңестің дауыс беруі ашық.", "Голосование совета открытое.",
                   "The council votes openly."},
    [WORD_RECUSED_OUT] = {"Мүдделер қақтығысы бар мүше дауыс бермейді және кворумға есептелмейді.",
                          "Член с конфликтом интересов не голосует и не считается в кворуме.",
                          "A member with a conflict of interest neither votes nor counts for the "
                          "quorum."},
    [WORD_RECUSED_IN] = {"Мүдделер қақтығысы бар мүше дауыс бермейді, бірақ кворумға есептеледі.",
                         "Член с конфликтом интересов не голосует, но считается в кворуме.",
                         "A member with a conflict of interest does not vote but counts for the "
                         "quorum."},
    [WORD_DEPART_NEVER] = {"Кеңес қоғамдық бағалаудың реттік тізімінен ауытқи алмайды.",
                           "Совет не может отступить от порядка общественной оценки.",
                           "The council cannot depart from the order of the public evaluation."},
    [WORD_DEPART_REASONS] = {"Кеңес қоғамдық бағалаудың реттік тізімінен тек себебін жазып ауытқи "
                             "алады.",
                             "Отступить от порядка общественной оценки совет может только с "
                             "записанным обоснованием.",
                             "The council may depart from the order of the public evaluation only "
                             "with recorded reasons."},

    [WORD_PRIZE] = {"# Сыйлықақы", "# Премия", "# Prize"},
    [WORD_WINNERS] = {"Бір бағыттағы лауреат саны: кемінде {1}, ең көбі {2}.",
                      "Лауреатов в направлении: не меньше {1}, не больше {2}.",
                      "Laureates in a category: at least {1}, at most {2}."},
    [WORD_PRIZE_EQUAL] = {"Бір бағыттың сыйлықақысы лауреаттарға тең бөлінеді: {1} АЕК, яғни {2} "
                          "теңге ({3} жылғы АЕК: {4} теңге).",
                          "Премия направления делится между лауреатами поровну: {1} МРП, это {2} "
                          "тенге (МРП {3} года: {4} тенге).",
                          "The prize of a category is shared equally by its laureates: {1} MCI, "
                          "{2} tenge (MCI of {3}: {4} tenge)."},
    [WORD_PRIZE_EACH] = {"Әр лауреаттың сыйлықақысы: {1} АЕК, яғни {2} теңге ({3} жылғы АЕК: {4} "
                         "теңге).",
                         "Премия каждого лауреата: {1} МРП, это {2} тенге (МРП {3} года: {4} "
                         "тенге).",
                         "The prize of each laureate: {1} MCI, {2} tenge (MCI of {3}: {4} tenge)."},
    [WORD_REMAINDER_KEPT] = {"Бөлгенде қалған теңге қорда қалады.",
                             "Остаток от деления в тенге остаётся в фонде.",
                             "Tenge left over by the division stay in the fund."},
    [WORD_REMAINDER_FIRST] = {"Бөлгенде қалған теңге бірінші лауреатқа беріледі.",
                              "Остаток от деления в тенге получает первый лауреат.",
                              "Tenge left over by the division go to the first laureate."},

    [PART_PHASE + PHASE_NOMINATION] = {"Үміткерлерді ұсыну", "Выдвижение", "Nomination"},
    [PART_PHASE + PHASE_SCREENING] = {"Ұсыныстарды тексеру", "Проверка предложений",
                                      "Screening of nominations"},
    [PART_PHASE +
        PHASE_EVALUATION] = {"Қоғамдық бағалау", "Общественная оценка", "Public evaluation"},
    [PART_PHASE + PHASE_COUNCIL] = {"Үйлестіру кеңесінің шешімі", "Решение Координационного совета",
                                    "Decision of the Coordination Council"},
    [PART_PHASE + PHASE_PUBLICATION] = {"Нәтижелерді жариялау", "Публикация итогов",
                                        "Publication of results"},
    [PART_PHASE + PHASE_APPEAL] = {"Шағымдарды қарау", "Апелляции", "Appeals"},

    [PART_WHO] = {"азаматтар", "граждане", "citizens"},
    [PART_WHO + 1] = {"ұйымның өзі", "сама организация", "the NGO itself"},
    [PART_WHO + 2] = {"мемлекеттік органдар", "государственные органы", "state bodies"},
    [PART_WHO + 3] = {"Кеңес мүшелері", "члены Совета", "members of the council"},

    [PART_STATUS] = {"жұмыс істейді", "действует", "active"},
    [PART_STATUS + 1] = {"БСН жоқ", "нет БИН", "without a BIN"},
    [PART_STATUS + 2] = {"жұмыс істемейді", "не действует", "inactive"},
    [PART_STATUS + 3] = {"таратылуда", "ликвидируется", "in liquidation"},
    [PART_STATUS + 4] = {"қызметі тоқтатылған", "деятельность приостановлена", "suspended"},

    [PART_SIGN + RULES_SIGN_CODE] = {"сайлаушы коды", "код участника", "voter code"},
    [PART_SIGN + RULES_SIGN_OTP] = {"бір реттік код", "одноразовый код", "one-time code"},
    [PART_SIGN +
        RULES_SIGN_OIDC] = {"сәйкестендіру қызметі", "служба идентификации", "identity provider"},
    [PART_SIGN + RULES_SIGN_EDS] = {"электрондық цифрлық қолтаңба", "электронная цифровая подпись",
                                    "electronic signature"},

    [PART_AUDIENCE + RULES_PUBLIC] = {"барлық адам", "все", "everybody"},
    [PART_AUDIENCE + RULES_COUNCIL] = {"Кеңес", "Совет", "the council"},
    [PART_AUDIENCE + RULES_STAFF] = {"ұйымдастырушылар", "организаторы", "the staff"},

    [PART_SHOWN +
        RULES_SHOWN_LIVE] = {"бағалау барысында", "во время оценки", "while evaluation goes on"},
    [PART_SHOWN + RULES_SHOWN_CLOSE] = {"бағалау жабылып, бюллетеньдер ашылғаннан кейін",
                                        "после закрытия оценки и вскрытия бюллетеней",
                                        "once evaluation has closed and ballots are opened"},
    [PART_SHOWN + RULES_SHOWN_COUNCIL] = {"кеңестің кезеңі ашылғаннан кейін",
                                          "после открытия этапа совета",
                                          "once the council's phase has opened"},
    [PART_SHOWN + RULES_SHOWN_PUBLICATION] = {"нәтижелер жарияланған кезде",
                                              "при публикации итогов",
                                              "when results are published"},
};

const char *rules_word(enum rules_word word, enum rules_lang lang)
{
    return words[word][lang];
}
