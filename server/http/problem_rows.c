/*
 * The rows of the problem table, sorted by code. One row is everything an answer says; a new
 * verdict of the domain gets its row here and nowhere else. Each text: what happened, what is safe,
 * what to do next.
 */
#include "http/problem.h"

/* Cyrillic text is laid out by hand. */
/* clang-format off */
const struct problem problems[] = {
    {"act_over", 409,
     {{"Бұл әрекет енді күтіп тұрған жоқ",
       "Ол журналға жазылды, қабылданбады, қайтарып алынды немесе мерзімі өтті; "
       "қолтаңбаңыз қосылған жоқ. Тізімді жаңартып қараңыз."},
      {"Этот акт больше не ждёт",
       "Он уже в журнале, отклонён, отозван или устарел; ваша подпись не добавлена. "
       "Обновите список."},
      {"This act waits no longer",
       "It is in the ledger, refused, withdrawn or outdated, and your signature was not "
       "added. Reload the list."}}},
    {"amended_before", 409, {{"Бұл мәтін бұрын жіберілген", "Ұсыныста дәл осы мәтін тұр. Ештеңе істеудің қажеті жоқ."}, {"Этот текст уже отправлен", "В предложении стоит именно этот текст. Ничего делать не нужно."}, {"This text was sent already", "The nomination has this very text. There is nothing more to do."}}},
    {"appealed_before", 409,
     {{"Шағым бұрын берілген", "Бір ұсыныс бойынша бір шағым беріледі, ол бар. Ештеңе істеудің қажеті жоқ."},
      {"Апелляция уже подана", "По одному предложению подаётся одна апелляция, и она есть. Ничего делать не нужно."},
      {"There is an appeal already", "A nomination is appealed once, and yours is here. There is nothing more to do."}}},
    {"ballot_unknown", 404,
     {{"Мұндай бюллетень жоқ",
       "Осы нөмірде бюллетень табылмады, ештеңе жазылған жоқ. Нөмірді түбіртектен "
       "тексеріңіз."},
      {"Такого бюллетеня нет",
       "Под этим номером бюллетеня нет, ничего не записано. Сверьте номер с "
       "квитанцией."},
      {"There is no such ballot",
       "No ballot has this number; nothing was recorded. Compare it with the receipt."}}},
    {"busy", 503,
     {{"Қазір сервер бос емес",
       "Сұрауыңыз орындалмай қалған болуы мүмкін. Бірнеше секундтан кейін дәл осыны "
       "қайта жіберіңіз: қайталау қауіпсіз, ешбір дауыс екі рет саналмайды."},
      {"Сервер сейчас занят",
       "Ваш запрос, возможно, не выполнен. Через несколько секунд отправьте то же "
       "самое ещё раз: повтор безопасен, ни один голос не будет учтён дважды."},
      {"The server is busy right now",
       "Your request may not have been carried out. Send the same again in a few "
       "seconds: repeating is safe, no vote is ever counted twice."}}},
    {"campaign_paused", 409,
     {{"Науқан уақытша тоқтатылған",
       "Қазір ештеңе қабылданбайды, бұрын жазылғанның бәрі сақталған. Себебі мен "
       "жалғасу уақыты науқан бетінде; кейін қайталаңыз."},
      {"Кампания приостановлена",
       "Сейчас ничего не принимается, всё записанное раньше сохранено. Причина и время "
       "продолжения на странице кампании; повторите позже."},
      {"The campaign is paused",
       "Nothing is accepted now; all that was recorded before is safe. The campaign "
       "page says why; try again later."}}},
    {"categories_exceeded", 409,
     {{"Бағыт саны ережеде көрсетілгеннен көп",
       "Бір адам таңдай алатын бағыт саны шектеулі, бұл сұрау бойынша ештеңе берілген жоқ. "
       "Бағыттарды азайтып, қайталаңыз."},
      {"Направлений больше, чем позволяют правила",
       "Один человек может выбрать лишь ограниченное число направлений; по этому запросу "
       "ничего не выдано. Выберите меньше и повторите."},
      {"More categories than the rules allow",
       "One person may choose only so many; nothing was issued for this request. Choose "
       "fewer and try again."}}},
    {"category_unknown", 404,
     {{"Мұндай бағыт жоқ",
       "Науқан ережелерінде бұл бағыт жоқ, ештеңе жазылған жоқ. Бағытты тізімнен "
       "таңдаңыз."},
      {"Такого направления нет",
       "В правилах кампании нет этого направления, ничего не записано. Выберите "
       "направление из списка."},
      {"There is no such category",
       "The rules of the campaign have no such category; nothing was recorded. Choose "
       "one from the list."}}},
    {"code_unknown", 401,
     {{"Код қабылданбады",
       "Код қате, мерзімі өткен немесе бұрын пайдаланылған. Ештеңе өзгерген жоқ. Кодты "
       "тексеріп, қайта енгізіңіз немесе жаңасын сұраңыз."},
      {"Код не принят",
       "Код неверен, просрочен или уже использован. Ничего не изменилось. Проверьте "
       "код и введите снова или запросите новый."},
      {"The code was not accepted",
       "It is wrong, expired or already used. Nothing has changed. Check it and enter "
       "it again, or ask for a new one."}}},
    {"commitment_unknown", 404,
     {{"Өшірілетін дерек жоқ", "Бұл нөмірдегі жазбада өшіруге болатын мәтін жоқ, ештеңе өзгерген жоқ. Жазба нөмірін тексеріңіз."},
      {"Стирать нечего", "У записи с этим номером нет текста, который можно стереть; ничего не изменилось. Проверьте номер записи."},
      {"There is nothing to erase", "The entry with this number has no text that could be erased; nothing has changed. Check the number."}}},
    {"commitment_wrong", 422,
     {{"Мәтін мен міндеттеме сәйкес емес",
       "Жазбадағы c жіберілген мәтін мен тұздан шықпайды, ештеңе сақталған жоқ. Бетті "
       "жаңартып, қайта қол қойыңыз."},
      {"Текст не соответствует обязательству",
       "Поле c записи не получается из присланных текста и соли, ничего не сохранено. "
       "Обновите страницу и подпишите снова."},
      {"The text is not what the entry commits to",
       "The c of the entry does not come from the text and salt that were sent; nothing "
       "was kept. Reload the page and sign again."}}},
    {"conflict", 409,
     {{"Бұл бұрынғы жазбаға қайшы келеді",
       "Сұрау орындалмады, бұрынғы жазба өз күйінде қалды. Бетті жаңартып, қазіргі "
       "жағдайды қараңыз."},
      {"Это противоречит прежней записи",
       "Запрос не выполнен, прежняя запись осталась как есть. Обновите страницу и "
       "посмотрите текущее состояние."},
      {"This disagrees with what is there already",
       "The request was not carried out, and what was there stays as it is. Reload the "
       "page and look at the present state."}}},
    {"conflict_of_interest", 403,
     {{"Сіз мүдделер қайшылығын мәлімдегенсіз", "Бұл ұсыныс сізге енді көрсетілмейді, оны басқа модератор шешеді."},
      {"Вы заявили о конфликте интересов", "Это предложение вам больше не показывается, решает другой модератор."},
      {"You have declared a conflict of interest", "This nomination is not shown to you any more; another moderator decides it."}}},
    {"consent_missing", 400,
     {{"Келісім қажет", "Дербес деректерді өңдеуге келісімсіз ұсыныс қабылданбайды. Ештеңе жазылған жоқ."},
      {"Нужно согласие", "Без согласия на обработку персональных данных предложение не принимается. Ничего не записано."},
      {"Consent is needed", "Without consent to processing personal data no nomination is taken. Nothing was recorded."}}},
    {"csrf", 403,
     {{"Сұрау осы сайттан келмеген сияқты",
       "Қауіпсіздік үшін ол орындалмады, ештеңе өзгерген жоқ. Бетті жаңартып, әрекетті "
       "қайталаңыз."},
      {"Запрос пришёл, похоже, не с этого сайта",
       "Ради безопасности он не выполнен, ничего не изменилось. Обновите страницу и "
       "повторите действие."},
      {"The request seems to come from another site",
       "To be safe it was not carried out, and nothing has changed. Reload the page "
       "and do it again."}}},
    {"ct_length", 400,
     {{"Бюллетеньнің ұзындығы дұрыс емес",
       "Барлық бюллетеньнің ұзындығы бірдей болуы керек, бұл бюллетень жазылған жоқ. "
       "Бетті жаңартып, қайта жіберіңіз."},
      {"Длина бюллетеня неверна",
       "Все бюллетени должны быть одной длины, этот не записан. Обновите страницу и "
       "отправьте снова."},
      {"The ballot has the wrong length",
       "All ballots have one length, and this one was not recorded. Reload the page "
       "and send it again."}}},
    {"deadline_passed", 409,
     {{"Мерзімі өтіп кетті", "Ережелер берген мерзім аяқталды, бұл енді жазылмайды. Бұрынғы жазбалар күшінде."},
      {"Срок прошёл", "Срок, данный правилами, закончился, и это больше не записывается. Прежние записи в силе."},
      {"The deadline has passed", "The time that the rules give is over, and this is not recorded any more. What was recorded stands."}}},
    {"demo_key", 422,
     {{"Бұл үлгі кілті",
       "Жалпыға белгілі үлгі кілттерін тек демо журналда қолдануға болады. Ештеңе "
       "жазылған жоқ; өз кілтіңізді жасаңыз."},
      {"Это демонстрационный ключ",
       "Общеизвестные демонстрационные ключи допустимы только в демонстрационном "
       "журнале. Ничего не записано; создайте свой ключ."},
      {"This is a demonstration key",
       "Publicly known keys are for demonstration ledgers only. Nothing was recorded; "
       "make a key of your own."}}},
    {"dispute_answered", 409,
     {{"Өтінішке жауап берілген", "Бұрынғы жауап күшінде, жаңасы жазылған жоқ."},
      {"На обращение уже ответили", "Прежний ответ в силе, новый не записан."},
      {"The dispute is answered already", "The earlier answer stands, and the new one was not recorded."}}},
    {"dispute_unknown", 404,
     {{"Мұндай өтініш жоқ", "Осы нөмірде өтініш табылмады, ештеңе жазылған жоқ."},
      {"Такого обращения нет", "Под этим номером обращения нет, ничего не записано."},
      {"There is no such dispute", "No dispute has this number; nothing was recorded."}}},
    {"disputes_exceeded", 409,
     {{"Жауап күткен өтініштеріңіз көп", "Бұрынғы өтініштеріңізге жауап берілгенше жаңасы қабылданбайды. Олар жоғалған жоқ."},
      {"Слишком много обращений без ответа", "Пока на прежние обращения не ответили, новое не принимается. Они не потеряны."},
      {"Too many of your disputes wait for an answer", "Until the earlier ones are answered no other is taken. None of them is lost."}}},
    {"erased_before", 409,
     {{"Мәтін бұрын өшірілген", "Бұл жазбаның мәтіні өшіріліп қойған, өшіру журналда бар. Ештеңе істеудің қажеті жоқ."},
      {"Текст уже стёрт", "Текст этой записи стёрт раньше, и это есть в журнале. Ничего делать не нужно."},
      {"The text was erased already", "The text of this entry was erased earlier, and the ledger says so. There is nothing more to do."}}},
    {"evaluation_unready", 409,
     {{"Бағалауды бастауға әлі болмайды",
       "Барлық ұсыныс бойынша шешім қабылданып, әр бағыттың кілті және бюллетень кілті "
       "енгізілуі керек. Ештеңе жазылған жоқ."},
      {"Оценку пока нельзя открыть",
       "Нужно решение по каждому предложению, ключ для каждого направления и ключ "
       "бюллетеней. Ничего не записано."},
      {"Evaluation cannot be opened yet",
       "Every nomination must be decided, and each category's pass key and the seal "
       "key entered. Nothing was recorded."}}},
    {"fields_wrong", 400,
     {{"Жазбаның өрістері дұрыс емес",
       "Өріс жетіспейді, артық немесе пішіні басқа; ештеңе жазылған жоқ. Бетті "
       "жаңартып, қайталаңыз."},
      {"Поля записи неверны",
       "Поле отсутствует, лишнее или другой формы; ничего не записано. Обновите "
       "страницу и повторите."},
      {"The fields of the entry are wrong",
       "One is missing, too many or of another form; nothing was recorded. Reload the "
       "page and try again."}}},
    {"file_missing", 409,
     {{"Жазба атаған файл жоқ",
       "Файл әлі жүктелмеген немесе мазмұны басқа, ештеңе жазылған жоқ. Алдымен файлды "
       "жүктеңіз."},
      {"Файла, названного в записи, нет",
       "Файл ещё не загружен или его содержание другое, ничего не записано. Сначала "
       "загрузите файл."},
      {"The file that the entry names is missing",
       "It was not uploaded or has other content; nothing was recorded. Upload the "
       "file first."}}},
    {"genesis_place", 409,
     {{"Бастапқы жазба орнында емес",
       "Бастапқы жазба журналда бір-ақ рет, ең басында тұрады. Ештеңе жазылған жоқ."},
      {"Начальная запись не на своём месте",
       "Начальная запись бывает в журнале один раз, в самом начале. Ничего не "
       "записано."},
      {"The genesis entry is out of place",
       "It stands in a ledger once, at its very beginning. Nothing was recorded."}}},
    {"head_too_large", 431,
     {{"Сұраудың тақырыптары тым үлкен",
       "Сұрау орындалмады, ештеңе өзгерген жоқ. Осы сайттың cookie файлдарын тазалап, "
       "қайталаңыз."},
      {"Заголовки запроса слишком велики",
       "Запрос не выполнен, ничего не изменилось. Очистите файлы cookie этого сайта и "
       "повторите."},
      {"The headers of the request are too large",
       "The request was not carried out and nothing has changed. Clear this site's "
       "cookies and try again."}}},
    {"host_unknown", 400,
     {{"Бұл сервер мұндай атпен жұмыс істемейді",
       "Сұраудағы Host аты тізімде жоқ, сұрау орындалмады. Сайттың ресми мекенжайын "
       "пайдаланыңыз."},
      {"Сервер не работает под этим именем",
       "Имени Host из запроса нет в списке, запрос не выполнен. Используйте "
       "официальный адрес сайта."},
      {"This server does not answer to that name",
       "The Host of the request is not in its list, and the request was not carried "
       "out. Use the official address of the site."}}},
    {"internal", 500,
     {{"Серверде ақау шықты",
       "Бұл біздің ақауымыз, ол тіркелді. Сұрау орындалмаған болуы мүмкін. Дәл осыны "
       "қайталау қауіпсіз; қайталанса, request_id нөмірін хабарлаңыз."},
      {"На сервере произошла ошибка",
       "Это наша ошибка, она записана. Запрос мог не выполниться. Повторить то же "
       "самое безопасно; если повторится, сообщите номер request_id."},
      {"Something failed on the server",
       "The fault is ours and was logged. The request may not have been carried out. "
       "Repeating it is safe; if it happens again, tell us the request_id."}}},
    {"invitation_over", 410,
     {{"Шақыру жарамсыз",
       "Сілтеме пайдаланылған, мерзімі өткен немесе қате. Ештеңе өзгерген жоқ. Әкімшіден "
       "жаңа шақыру сұраңыз."},
      {"Приглашение недействительно",
       "Ссылка уже использована, просрочена или неверна. Ничего не изменилось. Попросите у "
       "администратора новое приглашение."},
      {"The invitation is over",
       "The link was used, has expired or is wrong. Nothing has changed. Ask an "
       "administrator for a new one."}}},
    {"issued_twice", 409,
     {{"Рұқсат бұрын берілген",
       "Бұл бағытта бір адамға бір ғана рұқсат беріледі, екіншісі жазылған жоқ. "
       "Алғашқы құрылғыдағы құпия кодты пайдаланыңыз."},
      {"Право голоса уже выдано",
       "В этом направлении одному человеку выдаётся одно право голоса, второе не "
       "записано. Используйте тайный код с первого устройства."},
      {"The pass was issued before",
       "One person gets one pass in this category, and no second one was recorded. Use "
       "the recovery code from the first device."}}},
    {"item_claimed", 409,
     {{"Бұл ұсыныспен басқа модератор айналысуда", "Ол босатқанша немесе уақыты біткенше күтіңіз. Ештеңе өзгерген жоқ."},
      {"Этим предложением занят другой модератор", "Подождите, пока он его освободит или истечёт его время. Ничего не изменилось."},
      {"Another moderator works on this nomination", "Wait until it is given back or the time is over. Nothing has changed."}}},
    {"key_duplicate", 409,
     {{"Мұндай кілт бұрын енгізілген",
       "Бұл мақсатқа бір ғана кілт болады, ештеңе жазылған жоқ."},
      {"Такой ключ уже внесён",
       "Для этой цели бывает только один ключ, ничего не записано."},
      {"There is a key for this already",
       "Only one key can serve this use; nothing was recorded."}}},
    {"key_id", 422,
     {{"Кілттің белгісі сәйкес емес",
       "Белгі кілттің өзінен шықпайды, ештеңе жазылған жоқ. Жазбаны қайта дайындаңыз."},
      {"Обозначение ключа не подходит",
       "Оно не следует из самого ключа, ничего не записано. Подготовьте запись заново."},
      {"The key id does not fit",
       "It does not follow from the key itself; nothing was recorded. Prepare the "
       "entry again."}}},
    {"key_known", 409,
     {{"Бұл кілт журналда бар",
       "Кілт бұрын енгізілген, ол екінші рет жазылмайды."},
      {"Этот ключ уже есть в журнале",
       "Ключ внесён раньше и второй раз не записывается."},
      {"This key is in the ledger already",
       "It was entered before and is not recorded twice."}}},
    {"key_late", 409,
     {{"Кілтті енгізу кеш",
       "Бағалау ашылғаннан кейін бұл кілтті енгізуге болмайды, ештеңе жазылған жоқ."},
      {"Ключ вносить поздно",
       "После открытия оценки этот ключ внести нельзя, ничего не записано."},
      {"It is too late for this key",
       "After evaluation has opened it cannot be entered; nothing was recorded."}}},
    {"key_malformed", 422,
     {{"Кілттің пішіні дұрыс емес",
       "Кілт бұл мақсатқа жарамайды, ештеңе жазылған жоқ. Кілтті қайта жасаңыз."},
      {"Ключ неверной формы",
       "Ключ не годится для этой цели, ничего не записано. Создайте ключ заново."},
      {"The key is malformed",
       "It is not fit for this use; nothing was recorded. Make the key again."}}},
    {"key_pop", 422,
     {{"Кілт иесі дәлелденбеді",
       "Кілттің өз қолтаңбасы сәйкес емес, ештеңе жазылған жоқ. Кілтті оның иесі қайта "
       "ұсынуы керек."},
      {"Владение ключом не доказано",
       "Собственная подпись ключа не подходит, ничего не записано. Владелец ключа "
       "должен представить его снова."},
      {"Possession of the key is not proved",
       "The key's own signature does not fit; nothing was recorded. Its holder must "
       "present it again."}}},
    {"key_revoked", 409,
     {{"Кілт кері қайтарылған",
       "Бұл кілт енді қолданылмайды, ештеңе жазылған жоқ. Ұйымдастырушыға "
       "хабарласыңыз."},
      {"Ключ отозван",
       "Этот ключ больше не действует, ничего не записано. Обратитесь к организатору."},
      {"The key was revoked",
       "It is no longer in use; nothing was recorded. Please ask the organiser."}}},
    {"key_unknown", 404,
     {{"Кілт белгісіз",
       "Бұл белгімен кілт журналда жоқ, ештеңе жазылған жоқ."},
      {"Ключ неизвестен",
       "Ключа с этим обозначением в журнале нет, ничего не записано."},
      {"The key is unknown",
       "No key of this id is in the ledger; nothing was recorded."}}},
    {"link_not_allowed", 400,
     {{"Сілтеме талапқа сай емес", "Тек https:// деп басталатын, көпшілікке ашық беттерге ең көбі бес сілтеме қосуға болады. Ештеңе жазылған жоқ."},
      {"Ссылка не подходит", "Можно указать до пяти ссылок на открытые страницы, начинающихся с https://. Ничего не записано."},
      {"A link cannot be taken", "Up to five links to public pages that begin with https:// are possible. Nothing was recorded."}}},
    {"malformed", 400,
     {{"Сұрауды түсіну мүмкін болмады",
       "Сұраудың пішіні дұрыс емес, сондықтан ол орындалмады, ештеңе өзгерген жоқ. "
       "Бетті жаңартып, қайталап көріңіз; бағдарлама жазсаңыз, сұрауды құжаттамамен "
       "салыстырыңыз."},
      {"Запрос не удалось разобрать",
       "Форма запроса неверна, поэтому он не выполнен и ничего не изменилось. Обновите "
       "страницу и повторите; если вы пишете программу, сверьте запрос с "
       "документацией."},
      {"The request could not be understood",
       "Its form is wrong, so it was not carried out and nothing has changed. Reload "
       "the page and try again; if you write a program, compare the request with the "
       "documentation."}}},
    {"mark_place", 409,
     {{"Белгі орнында емес",
       "Уақыт белгісін журналдың өзі қояды, ештеңе жазылған жоқ."},
      {"Отметка не на своём месте",
       "Отметки времени журнал ставит сам, ничего не записано."},
      {"The mark is out of place",
       "The ledger sets its marks itself; nothing was recorded."}}},
    {"media_type", 415,
     {{"Деректердің түрі қабылданбайды",
       "Бұл мекенжай деректерді тек application/json түрінде қабылдайды. Ештеңе "
       "сақталған жоқ. Content-Type тақырыбын түзетіп, қайталаңыз."},
      {"Тип данных не принимается",
       "Этот адрес принимает данные только как application/json. Ничего не сохранено. "
       "Исправьте заголовок Content-Type и повторите."},
      {"This type of data is not accepted",
       "This address takes application/json only. Nothing was stored. Correct the "
       "Content-Type header and try again."}}},
    {"merge_target_wrong", 409,
     {{"Бұл ұсынысқа біріктіруге болмайды", "Біріктіру тек сол бағыттағы, қабылданған немесе шешімі күтілген басқа ұсынысқа мүмкін. Ештеңе жазылған жоқ."},
      {"С этим предложением объединить нельзя", "Объединить можно только с другим предложением того же направления, допущенным или ещё не решённым. Ничего не записано."},
      {"It cannot be merged into that nomination", "A nomination merges only into another one of the same category that is admitted or undecided. Nothing was recorded."}}},
    {"method_not_allowed", 405,
     {{"Бұл әрекет мұнда орындалмайды",
       "Бұл мекенжай мұндай сұрауды қабылдамайды, ештеңе өзгерген жоқ. Рұқсат етілген "
       "әдістер Allow тақырыбында көрсетілген."},
      {"Здесь это действие не выполняется",
       "Этот адрес не принимает такой запрос, ничего не изменилось. Допустимые методы "
       "указаны в заголовке Allow."},
      {"This address does not do that",
       "It does not take this kind of request, and nothing has changed. The Allow "
       "header names the methods it takes."}}},
    {"method_unknown", 501,
     {{"Сервер бұл әдісті білмейді",
       "Сұрау орындалмады, ештеңе өзгерген жоқ. GET, HEAD немесе POST әдісін "
       "қолданыңыз."},
      {"Сервер не знает этого метода",
       "Запрос не выполнен, ничего не изменилось. Используйте метод GET, HEAD или "
       "POST."},
      {"The server does not know this method",
       "The request was not carried out and nothing has changed. Use GET, HEAD or "
       "POST."}}},
    {"ngo_nominations_exceeded", 409,
     {{"Ұйым басқа бағыттарда ұсынылған", "Ережелер бір ұйымды бұдан көп бағытта ұсынуға жол бермейді. Ештеңе жазылған жоқ; бар ұсынысын қолдай аласыз."},
      {"Организация уже выдвинута в других направлениях", "Правила не разрешают больше направлений для одной организации. Ничего не записано; вы можете поддержать имеющееся предложение."},
      {"The organisation is nominated in other categories already", "The rules allow one organisation no more categories. Nothing was recorded; you can support a nomination there is."}}},
    {"ngo_unknown", 404,
     {{"Ұйым тізілімде жоқ",
       "Үкіметтік емес ұйымдар базасында мұндай ұйым табылмады, ұсыныс жазылған жоқ. "
       "Атауын немесе БСН-ін тексеріңіз."},
      {"Организации нет в реестре",
       "В базе неправительственных организаций её нет, предложение не записано. "
       "Проверьте название или БИН."},
      {"The organisation is not in the register",
       "The NGO Database does not have it, and the nomination was not recorded. Check "
       "the name or BIN."}}},
    {"nominated_twice", 409,
     {{"Сіз бұл ұйымды бұрын ұсынғансыз",
       "Ұсынысыңыз журналда бар және күшінде, екінші рет жазылмайды. Ештеңе істеудің "
       "қажеті жоқ."},
      {"Вы уже выдвинули эту организацию",
       "Ваше предложение есть в журнале и действует, второй раз оно не записывается. "
       "Ничего делать не нужно."},
      {"You have nominated this organisation already",
       "Your nomination is in the ledger and valid, and is not recorded twice. There "
       "is nothing more to do."}}},
    {"nomination_decided", 409,
     {{"Ұсыныс бойынша шешім бұрын қабылданған",
       "Бұрынғы шешім күшінде, жаңасы жазылған жоқ. Бетті жаңартып, шешімді қараңыз."},
      {"По предложению уже есть решение",
       "Прежнее решение в силе, новое не записано. Обновите страницу и посмотрите его."},
      {"The nomination is decided already",
       "The earlier decision stands, and the new one was not recorded. Reload the page "
       "to see it."}}},
    {"nomination_not_refused", 409,
     {{"Ұсыныстан бас тартылмаған", "Тек бас тартылған ұсынысты қайта қарауға болады. Ештеңе жазылған жоқ; бетті жаңартып, шешімді қараңыз."},
      {"Это предложение не отклонено", "Вернуть к рассмотрению можно только отклонённое предложение. Ничего не записано; обновите страницу и посмотрите решение."},
      {"The nomination was not refused", "Only a refused nomination can be taken up again. Nothing was recorded; reload the page to see the decision."}}},
    {"nomination_unknown", 404,
     {{"Мұндай ұсыныс жоқ",
       "Осы нөмірде ұсыныс табылмады, ештеңе жазылған жоқ."},
      {"Такого предложения нет",
       "Под этим номером предложения нет, ничего не записано."},
      {"There is no such nomination",
       "No nomination has this number; nothing was recorded."}}},
    {"nominations_exceeded", 409,
     {{"Ұсыныстар саны таусылды", "Ережелер бір адамға рұқсат еткен ұсыныстардың бәрін бергенсіз. Бұрынғылары күшінде, жаңасы жазылған жоқ."},
      {"Больше предложений подать нельзя", "Вы подали столько предложений, сколько правила разрешают одному человеку. Прежние действуют, новое не записано."},
      {"You have no nominations left", "You have made as many as the rules allow one person. They stand; the new one was not recorded."}}},
    {"nominator_not_allowed", 403,
     {{"Бұл науқанда сіз бұлай ұсына алмайсыз", "Ережелер ұсынушының бұл түріне жол бермейді. Ештеңе жазылған жоқ; басқа түрін таңдаңыз немесе ережелерді қараңыз."},
      {"В этой кампании так выдвигать нельзя", "Правила не допускают, чтобы выдвигали так. Ничего не записано; выберите другой вариант или посмотрите правила."},
      {"You may not nominate in this way here", "The rules do not admit this kind of nominator. Nothing was recorded; choose another, or see the rules."}}},
    {"not_allowed", 403,
     {{"Бұл әрекетке рұқсатыңыз жоқ",
       "Сіздің рөліңіз бұл әрекетке жол бермейді, ештеңе өзгерген жоқ. Қажет болса, "
       "науқан әкімшісіне хабарласыңыз."},
      {"У вас нет права на это действие",
       "Ваша роль этого не позволяет, ничего не изменилось. Если это нужно, обратитесь "
       "к администратору кампании."},
      {"You may not do this",
       "Your role does not allow it, and nothing has changed. If you need it, ask an "
       "administrator of the campaign."}}},
    {"not_canonical", 400,
     {{"Жазба белгіленген пішінде емес",
       "Журнал жазбаны тек бір ғана пішінде қабылдайды. Жазба журналға енген жоқ. "
       "Бетті жаңартып, қайтадан жіберіңіз."},
      {"Запись не в установленной форме",
       "Журнал принимает запись только в одной точной форме. Запись в журнал не "
       "внесена. Обновите страницу и отправьте ещё раз."},
      {"The entry is not in its one form",
       "The ledger takes an entry in exactly one form. Nothing was recorded. Reload "
       "the page and send it again."}}},
    {"not_eligible", 403,
     {{"Сіз бұл дауыс беруге қатыса алмайсыз",
       "Науқан ережелері бойынша сізде дауыс беру құқығы жоқ. Ештеңе жазылған жоқ. "
       "Шартты ережелерден қараңыз; келіспесеңіз, шағым беріңіз."},
      {"Вы не можете участвовать в этом голосовании",
       "По правилам кампании у вас нет права голоса. Ничего не записано. Условие "
       "указано в правилах; если вы не согласны, подайте возражение."},
      {"You may not vote here",
       "Under the rules of the campaign you have no vote. Nothing was recorded. The "
       "rules state the condition; if you disagree, you may object."}}},
    {"not_found", 404,
     {{"Бет табылмады",
       "Осы мекенжайда ештеңе жоқ. Сілтемені тексеріңіз немесе басты бетке оралыңыз."},
      {"Страница не найдена",
       "По этому адресу ничего нет. Проверьте ссылку или вернитесь на главную "
       "страницу."},
      {"Not found",
       "There is nothing at this address. Check the link or go back to the home page."}}},
    {"not_in_phase", 403,
     {{"Қазіргі кезеңде бұл мүмкін емес",
       "Науқанның қазіргі кезеңі бұл әрекетке рұқсат бермейді, ештеңе жазылған жоқ. "
       "Кезеңдердің мерзімі науқан бетінде."},
      {"На этом этапе это невозможно",
       "Нынешний этап кампании этого не допускает, ничего не записано. Сроки этапов на "
       "странице кампании."},
      {"Not in this phase",
       "The present phase of the campaign does not allow it, and nothing was recorded. The "
       "campaign page has the dates."}}},
    {"not_returned", 409,
     {{"Толықтырудың қажеті жоқ", "Бұл ұсыныс толықтыруға қайтарылмаған. Ештеңе өзгерген жоқ."},
      {"Дополнять не нужно", "Это предложение не возвращено на доработку. Ничего не изменилось."},
      {"There is nothing to complete", "This nomination was not returned for completion. Nothing has changed."}}},
    {"not_yet_published", 403,
     {{"Бұл мәлімет әлі жарияланған жоқ",
       "Ережелер бойынша ол кейін ашылады; уақыты visible_from өрісінде. Сол кезде "
       "қайта кіріңіз."},
      {"Эти сведения ещё не опубликованы",
       "По правилам они откроются позже; время в поле visible_from. Зайдите снова "
       "тогда."},
      {"This is not published yet",
       "Under the rules it opens later; visible_from says when. Come back then."}}},
    {"origin_wrong", 409,
     {{"Жазба басқа журналға арналған",
       "Жазбадағы журнал аты осы журналдікі емес, ештеңе жазылған жоқ."},
      {"Запись для другого журнала",
       "Имя журнала в записи не этого журнала, ничего не записано."},
      {"The entry is for another ledger",
       "The origin it names is not this ledger's; nothing was recorded."}}},
    {"overdue", 409,
     {{"Алдымен кезең ауысуы керек",
       "Кезеңнің белгіленген уақыты келді, журнал оны алдымен жазуы тиіс. Ештеңе "
       "жоғалған жоқ; бірнеше секундтан кейін қайталаңыз."},
      {"Сначала должен смениться этап",
       "Наступило назначенное время этапа, журнал сначала должен его записать. Ничего "
       "не потеряно; повторите через несколько секунд."},
      {"A phase has to change first",
       "Its appointed time has come, and the ledger has to record that first. Nothing "
       "is lost; try again in a few seconds."}}},
    {"own_nomination", 403,
     {{"Өз ұйымыңызды ұсына алмайсыз", "Ережелер бойынша ұйымның басшысы мен қызметкерлері оны ұсынбайды. Ештеңе жазылған жоқ."},
      {"Нельзя выдвинуть свою организацию", "По правилам руководители и сотрудники не выдвигают свою организацию. Ничего не записано."},
      {"You may not nominate your own organisation", "By the rules its head and staff do not nominate an organisation. Nothing was recorded."}}},
    {"pass_elsewhere", 409,
     {{"Дауыс беру рұқсаты басқа құрылғыда берілген",
       "Бұл бағытта сіздің атыңызға рұқсат бұрын берілген, екіншісі берілмейді. Сол "
       "құрылғыдағы құпия кодты осында енгізіңіз. Рұқсатты сіз алмаған болсаңыз, дау "
       "ашыңыз."},
      {"Право голоса получено на другом устройстве",
       "В этом направлении право голоса вам уже выдано, второе не выдаётся. Введите "
       "здесь тайный код с того устройства. Если вы его не получали, откройте спор."},
      {"Your pass was issued to another device",
       "You already have a pass in this category, and there is no second one. Enter "
       "the recovery code from that device here. If it was not you, open a dispute."}}},
    {"pass_forged", 403,
     {{"Дауыс беру рұқсаты жарамсыз",
       "Рұқсаттың қолтаңбасы тексеруден өтпеді, бюллетень журналға енген жоқ. Рұқсатты "
       "қайта алыңыз немесе құпия кодты енгізіңіз."},
      {"Право голоса недействительно",
       "Подпись права голоса не прошла проверку, бюллетень в журнал не внесён. "
       "Получите право голоса заново или введите тайный код."},
      {"The pass is not valid",
       "Its signature does not verify, and the ballot was not recorded. Get the pass "
       "again or enter the recovery code."}}},
    {"pass_key_wrong", 403,
     {{"Рұқсат басқа бағытқа берілген",
       "Дауыс беру рұқсаты осы бағыттың кілтімен қойылмаған, бюллетень жазылған жоқ. "
       "Бағытты тексеріп, қайта жіберіңіз."},
      {"Право голоса выдано для другого направления",
       "Оно подписано не ключом этого направления, бюллетень не записан. Проверьте "
       "направление и отправьте снова."},
      {"The pass belongs to another category",
       "It is not signed with this category's key, and the ballot was not recorded. "
       "Check the category and send it again."}}},
    {"pass_void", 403,
     {{"Дауыс беру рұқсаты күшін жойған",
       "Бұл рұқсат екі қол қойылған шешіммен шеттетілген, жаңа бюллетень жазылмады. "
       "Себебін журналдан көріп, шағым бере аласыз."},
      {"Право голоса аннулировано",
       "Оно отведено решением за двумя подписями, новый бюллетень не записан. Причину "
       "можно увидеть в журнале и подать возражение."},
      {"The pass was set aside",
       "A decision with two signatures voided it, and the new ballot was not recorded. "
       "The reason is in the ledger; you may object."}}},
    {"passes_exceeded", 409,
     {{"Бюллетень саны берілген рұқсаттан асады",
       "Бұл бағытта берілген рұқсаттар саны бойынша бюллетень артық, сондықтан ол "
       "жазылмады. Бұл туралы ұйымдастырушыға хабарлаңыз."},
      {"Бюллетеней больше, чем выдано прав голоса",
       "В этом направлении бюллетень оказался лишним по числу выданных прав, поэтому "
       "он не записан. Сообщите об этом организатору."},
      {"More ballots than passes",
       "By the number of passes issued in this category the ballot is one too many, so "
       "it was not recorded. Please tell the organiser."}}},
    {"password_guessable", 422,
     {{"Құпиясөзді табу оңай",
       "Онда тек атауыңыз, науқан атауы немесе бірдей таңбалар. Ештеңе сақталған жоқ. "
       "Бірнеше кездейсоқ сөзден басқасын құрастырыңыз."},
      {"Пароль легко угадать",
       "В нём мало что есть, кроме имени, названия кампании или одинаковых знаков. Ничего "
       "не сохранено. Составьте другой, например из нескольких случайных слов."},
      {"The password is easy to guess",
       "It has little but the name of the person or campaign, or the same characters. "
       "Nothing was kept. Make another one, such as some words at random."}}},
    {"password_short", 422,
     {{"Құпиясөз қысқа",
       "Кемінде 10, ең көбі 128 таңба керек. Ештеңе сақталған жоқ; ұзағырақ құпиясөз ойлап "
       "табыңыз."},
      {"Пароль короткий",
       "Нужно от 10 до 128 знаков. Ничего не сохранено; придумайте пароль длиннее."},
      {"The password is too short",
       "It needs 10 to 128 characters. Nothing was kept; think of a longer one."}}},
    {"phase_order", 409,
     {{"Кезеңдердің реті бұған жол бермейді",
       "Науқан қазір бұл қадамға дайын емес, ештеңе жазылған жоқ. Кезеңдердің жағдайын "
       "науқан бетінен қараңыз."},
      {"Порядок этапов этого не допускает",
       "Кампания сейчас не готова к этому шагу, ничего не записано. Состояние этапов "
       "на странице кампании."},
      {"The order of phases does not allow this",
       "The campaign is not ready for this step, and nothing was recorded. The "
       "campaign page shows how the phases stand."}}},
    {"phase_times", 409,
     {{"Кезеңнің уақыты дұрыс емес",
       "Басталуы аяқталуынан бұрын болуы, ал ұзарту мерзімді тек кейінге жылжытуы "
       "керек. Ештеңе жазылған жоқ; күндерді тексеріңіз."},
      {"Время этапа неверно",
       "Начало должно быть раньше конца, а продление сдвигает срок только вперёд. "
       "Ничего не записано; проверьте даты."},
      {"The times of the phase are wrong",
       "It must begin before it ends, and an extension moves the end later only. "
       "Nothing was recorded; check the dates."}}},
    {"phase_unknown", 404,
     {{"Мұндай кезең жоқ",
       "Науқан ережелерінде бұл кезең жоқ, ештеңе жазылған жоқ."},
      {"Такого этапа нет",
       "В правилах кампании нет этого этапа, ничего не записано."},
      {"There is no such phase",
       "The rules of the campaign have no such phase; nothing was recorded."}}},
    {"rate_limited", 429,
     {{"Сұраулар тым жиі келуде",
       "Біраз уақытқа сұраулар тоқтатылды, бұрын жіберілгендер сақталған. Бірнеше "
       "минут күтіп, қайталаңыз."},
      {"Слишком много запросов",
       "Запросы на время приостановлены, отправленное раньше сохранено. Подождите "
       "несколько минут и повторите."},
      {"Too many requests",
       "Requests are held back for a while; what you sent before is safe. Wait a few "
       "minutes and try again."}}},
    {"reason_malformed", 400,
     {{"Шешімнің себебі толық емес", "Шешімге оған сай келетін себеп коды мен үш тілдегі мәтін қажет. Ештеңе жазылған жоқ."},
      {"Причина решения неполна", "К решению нужны подходящий код причины и текст на трёх языках. Ничего не записано."},
      {"The reason is incomplete", "A decision needs a code that fits it and a text in three languages. Nothing was recorded."}}},
    {"register_count", 422,
     {{"Тізілімдегі ұйымдар саны сәйкес емес",
       "Жазбадағы сан файлдағы саннан басқа, ештеңе жазылған жоқ."},
      {"Число организаций в реестре не сходится",
       "Число в записи отличается от числа в файле, ничего не записано."},
      {"The number of NGOs does not fit",
       "The entry says another number than the file has; nothing was recorded."}}},
    {"register_malformed", 422,
     {{"Тізілім файлы дұрыс емес",
       "Файл UTF-8 CSV емес немесе id бағаны дұрыс емес, ештеңе жазылған жоқ. Файлды "
       "түзетіп, қайта жүктеңіз."},
      {"Файл реестра неверен",
       "Это не CSV в UTF-8, или столбец id неверен; ничего не записано. Исправьте файл "
       "и загрузите снова."},
      {"The register file is malformed",
       "It is not CSV in UTF-8, or its column id is wrong; nothing was recorded. "
       "Correct the file and upload it again."}}},
    {"repeated_body", 409,
     {{"Бұл шешім бұрын жазылған",
       "Дәл осындай қол қойылған мәтін журналда бар, ол екінші рет жазылмайды. "
       "Қайталау керек болса, қайта қол қойыңыз."},
      {"Это решение уже записано",
       "Точно такой подписанный текст уже есть в журнале и второй раз не записывается. "
       "Если нужно повторить, подпишите заново."},
      {"This decision is recorded already",
       "The same signed text is in the ledger and is not recorded twice. If it is "
       "meant again, sign it anew."}}},
    {"rev_out_of_range", 409,
     {{"Бюллетеньді бұдан әрі өзгертуге болмайды",
       "Ережелер рұқсат ететін өзгерту саны таусылды. Соңғы жазылған бюллетень күшінде "
       "және саналады."},
      {"Бюллетень больше нельзя изменить",
       "Число замен, допустимое правилами, исчерпано. Последний записанный бюллетень "
       "действует и будет учтён."},
      {"The ballot cannot be changed any more",
       "The rules allow no further replacement. The last ballot recorded stays valid "
       "and will be counted."}}},
    {"rev_stale", 409,
     {{"Бұл рұқсатпен жаңарақ бюллетень жазылған",
       "Жіберілген бюллетень ескі, сондықтан ол жазылмады; жаңасы күшінде. Өзгерткіңіз "
       "келсе, бетті жаңартып, қайта бағалаңыз."},
      {"По этому праву уже записан более новый бюллетень",
       "Отправленный бюллетень старее, поэтому он не записан; действует новый. Чтобы "
       "изменить выбор, обновите страницу и оцените снова."},
      {"A newer ballot of this pass is recorded",
       "The one you sent is older and was not recorded; the newer one counts. To "
       "change it, reload the page and evaluate again."}}},
    {"rules_invalid", 422,
     {{"Ережелер дұрыс емес",
       "Ережелер файлы тексеруден өтпеді, ештеңе жазылған жоқ. Файлды «dauys campaign "
       "check» арқылы тексеріңіз."},
      {"Правила неверны",
       "Файл правил не прошёл проверку, ничего не записано. Проверьте его командой "
       "«dauys campaign check»."},
      {"The rules are not valid",
       "The file of rules failed its check; nothing was recorded. Run `dauys campaign "
       "check` on it."}}},
    {"same_signer", 409,
     {{"Екінші қолды басқа адам қоюы керек",
       "Бұл әрекетке сіз қол қойып қойғансыз, екінші кілтіңіз де есептелмейді. Ол басқа "
       "адамның қолын күтіп тұр."},
      {"Второй подписывает другой человек",
       "Этот акт вы уже подписали, и другой ваш ключ не в счёт. Он ждёт подписи другого "
       "человека."},
      {"The second signer must be another person",
       "You have signed this act, and another key of yours does not count. It waits for "
       "somebody else."}}},
    {"seal_key_wrong", 403,
     {{"Бюллетень кілті сәйкес емес",
       "Ұсынылған кілт науқанның кілті емес, ештеңе жазылған жоқ."},
      {"Ключ бюллетеней не подходит",
       "Представленный ключ не ключ этой кампании, ничего не записано."},
      {"The seal key does not fit",
       "The key presented is not this campaign's; nothing was recorded."}}},
    {"seen_wrong", 409,
     {{"Қол қоюшы көрген журнал бұдан ұзын",
       "Seen өрісі журналдың қазіргі көлемінен үлкен, ештеңе жазылған жоқ. Бетті "
       "жаңартып, қайта қол қойыңыз."},
      {"Подписавший видел более длинный журнал",
       "Поле seen больше нынешнего размера журнала, ничего не записано. Обновите "
       "страницу и подпишите снова."},
      {"The signer saw a longer ledger",
       "The field seen is above the present size, and nothing was recorded. Reload the "
       "page and sign again."}}},
    {"sign_in_refused", 401,
     {{"Кіру қабылданбады",
       "Есімі, құпиясөз немесе код қате, немесе әрекет тым көп болды. Ештеңе өзгерген жоқ. "
       "Жаңа код шыққанша күтіп, қайталаңыз; болмаса бірнеше минуттан кейін."},
      {"Войти не удалось",
       "Имя, пароль или код неверны, или попыток было слишком много. Ничего не изменилось. "
       "Дождитесь нового кода и повторите, иначе через несколько минут."},
      {"You could not be signed in",
       "The name, password or code is wrong, or there were too many tries. Nothing has "
       "changed. Wait for a new code and try again, or some minutes later."}}},
    {"signature_not_yours", 403,
     {{"Бұл сіздің қолтаңбаңыз емес",
       "Әрекетке оны жіберген адамның өз кілті қол қоюы керек. Ештеңе сақталған жоқ; өз "
       "кілтіңізбен қол қойыңыз."},
      {"Это не ваша подпись",
       "Акт подписывает ключ того, кто его отправляет. Ничего не сохранено; подпишите "
       "своим ключом."},
      {"The signature is not yours",
       "An act is signed by a key of who sends it. Nothing was kept; sign with your own "
       "key."}}},
    {"signature_wrong", 403,
     {{"Қолтаңба сәйкес емес",
       "Қолтаңба жіберілген мәтінге сай келмейді, ештеңе жазылған жоқ. Бетті жаңартып, "
       "қайта қол қойыңыз."},
      {"Подпись не подходит",
       "Подпись не соответствует отправленному тексту, ничего не записано. Обновите "
       "страницу и подпишите снова."},
      {"The signature does not fit",
       "It does not match the text that was sent, and nothing was recorded. Reload the "
       "page and sign again."}}},
    {"signed_out", 401,
     {{"Сіз жүйеге кірмегенсіз",
       "Бұл әрекет үшін кіру керек немесе кіру мерзімі өткен. Осы құрылғыдағы "
       "жауаптарыңыз сақталған. Кіріп, жалғастырыңыз."},
      {"Вы не вошли",
       "Для этого нужно войти, или срок входа истёк. Ваши ответы на этом устройстве "
       "сохранены. Войдите и продолжайте."},
      {"You are not signed in",
       "This needs you to sign in, or your sign-in has expired. Your answers on this "
       "device are kept. Sign in and go on."}}},
    {"signer_revoked", 403,
     {{"Қол қоюшының кілті кері қайтарылған",
       "Бұл кілт енді ештеңеге қол қоймайды, ештеңе жазылған жоқ. Жаңа кілтпен қол "
       "қойыңыз."},
      {"Ключ подписавшего отозван",
       "Этот ключ больше ничего не подписывает, ничего не записано. Подпишите новым "
       "ключом."},
      {"The signer's key was revoked",
       "It signs nothing any more, and nothing was recorded. Sign with a new key."}}},
    {"signer_role", 403,
     {{"Қол қоюшының рөлі сәйкес емес",
       "Бұл шешімге басқа рөлдегі адам қол қоюы керек, ештеңе жазылған жоқ."},
      {"Роль подписавшего не подходит",
       "Это решение должен подписать человек с другой ролью, ничего не записано."},
      {"The signer has another role",
       "Somebody of another role must sign this decision; nothing was recorded."}}},
    {"signer_unknown", 403,
     {{"Қол қоюшы белгісіз",
       "Бұл кілт журналға енгізілмеген, ештеңе жазылған жоқ. Науқан әкімшісі кілтті "
       "алдымен енгізуі керек."},
      {"Подписавший неизвестен",
       "Этот ключ не внесён в журнал, ничего не записано. Сначала его должен внести "
       "администратор кампании."},
      {"The signer is unknown",
       "This key is not in the ledger, and nothing was recorded. An administrator of "
       "the campaign must enter it first."}}},
    {"signers_missing", 403,
     {{"Қолтаңба жеткіліксіз",
       "Бұл шешімге әртүрлі екі адамның қолы керек. Ештеңе жазылған жоқ; екінші қол "
       "қоюшыны күтіңіз."},
      {"Не хватает подписей",
       "Для этого решения нужны подписи разных людей. Ничего не записано; дождитесь "
       "второго подписывающего."},
      {"A signature is missing",
       "This decision needs signatures of different people. Nothing was recorded; wait "
       "for the second signer."}}},
    {"signers_order", 400,
     {{"Қолтаңбалардың реті дұрыс емес",
       "Қолтаңбалар кілт белгісі бойынша өсу ретімен тұруы керек, ештеңе жазылған жоқ. "
       "Құжатты қайта дайындаңыз."},
      {"Порядок подписей неверен",
       "Подписи должны стоять по возрастанию обозначения ключа, ничего не записано. "
       "Подготовьте документ заново."},
      {"The signatures are out of order",
       "They must stand in ascending order of key id; nothing was recorded. Prepare "
       "the document again."}}},
    {"tally_place", 409,
     {{"Қорытынды орнында емес",
       "Қорытынды бюллетеньдер ашылған соң, әр бағытқа бір рет жазылады. Ештеңе "
       "жазылған жоқ."},
      {"Итог не на своём месте",
       "Итог записывается после вскрытия, один раз для направления. Ничего не "
       "записано."},
      {"The tally is out of place",
       "It is recorded after the unsealing, once for a category. Nothing was recorded."}}},
    {"tally_result", 409,
     {{"Қорытынды файлы сәйкес емес",
       "Файл қайта есептелген нәтижеге сай емес, ештеңе жазылған жоқ."},
      {"Файл итога не подходит",
       "Файл не соответствует пересчитанному итогу, ничего не записано."},
      {"The tally file does not fit",
       "It is not the result that a recount gives; nothing was recorded."}}},
    {"tally_wrong", 409,
     {{"Қорытынды сандары сәйкес емес",
       "Қайта санағанда басқа сандар шықты, ештеңе жазылған жоқ."},
      {"Числа итога не сходятся",
       "При пересчёте вышли другие числа, ничего не записано."},
      {"The figures of the tally do not fit",
       "A recount gives others; nothing was recorded."}}},
    {"text_not_allowed", 400,
     {{"Мәтін талапқа сай емес", "Мәтін тым қысқа, тым ұзын немесе онда рұқсат етілмеген таңбалар бар. Ештеңе жазылған жоқ; мәтінді түзетіп, қайта жіберіңіз."},
      {"Текст не подходит", "Текст слишком короткий, слишком длинный или содержит недопустимые знаки. Ничего не записано; исправьте его и отправьте снова."},
      {"The text cannot be taken", "It is too short or too long, or has characters that are not allowed. Nothing was recorded; change it and send it again."}}},
    {"time_back", 409,
     {{"Жазбаның уақыты артқа кетті",
       "Жазбаның уақыты алдыңғысынан ерте, сондықтан ол жазылмады. Сервердің сағатын "
       "тексеріңіз."},
      {"Время записи идёт назад",
       "Время записи раньше предыдущего, поэтому она не записана. Проверьте часы "
       "сервера."},
      {"The time of the entry goes back",
       "It is earlier than the one before, so nothing was recorded. Check the server's "
       "clock."}}},
    {"timeout", 408,
     {{"Сұрау тым баяу келді",
       "Сервер сұраудың соңын күтіп үлгермеді, ештеңе өзгерген жоқ. Байланысты "
       "тексеріп, қайталаңыз."},
      {"Запрос пришёл слишком медленно",
       "Сервер не дождался конца запроса, ничего не изменилось. Проверьте связь и "
       "повторите."},
      {"The request came too slowly",
       "The server did not see its end in time, and nothing has changed. Check the "
       "connection and try again."}}},
    {"too_large", 413,
     {{"Жіберілген деректер тым көп",
       "Сервер мұндай көлемді қабылдамайды, ештеңе сақталған жоқ. Мәтінді немесе "
       "файлды қысқартып, қайта жіберіңіз."},
      {"Отправлено слишком много данных",
       "Сервер не принимает такой объём, ничего не сохранено. Сократите текст или файл "
       "и отправьте снова."},
      {"Too much was sent",
       "The server does not take this much here, and nothing was stored. Shorten the "
       "text or the file and send it again."}}},
    {"totp_wrong", 422,
     {{"Код сәйкес келмеді",
       "Қосымшадағы алты цифр басқа. Тіркеу аяқталған жоқ, шақыру күшінде. Телефонның "
       "уақытын тексеріп, жаңа кодты енгізіңіз."},
      {"Код не подошёл",
       "В приложении должны быть другие шесть цифр. Регистрация не завершена, приглашение "
       "действует. Проверьте время на телефоне и введите новый код."},
      {"The code does not fit",
       "The six digits should be others. Nothing is set up yet, and the invitation stands. "
       "Check the phone's clock and enter a new code."}}},
    {"type_unknown", 400,
     {{"Жазбаның түрі белгісіз",
       "Бұл мекенжай мұндай жазбаны қабылдамайды, ештеңе жазылған жоқ. Жазбаның t "
       "өрісін құжаттамамен салыстырыңыз."},
      {"Вид записи неизвестен",
       "Этот адрес не принимает такую запись, ничего не записано. Сверьте поле t "
       "записи с документацией."},
      {"This type of entry is unknown here",
       "This address does not take it, and nothing was recorded. Compare the field t "
       "with the documentation."}}},
    {"unanswered", 503,
     {{"Жауап уақытында келмеді",
       "Сұрауыңыз орындалған да, орындалмаған да болуы мүмкін. Дәл осыны қайта "
       "жіберіңіз: орындалған болса, сол жауапты аласыз, ешнәрсе екі рет саналмайды."},
      {"Ответ не пришёл вовремя",
       "Ваш запрос мог быть выполнен, а мог и не быть. Отправьте то же самое ещё раз: "
       "если он выполнен, вы получите тот же ответ, дважды ничего не учтётся."},
      {"No answer came in time",
       "Your request may or may not have been carried out. Send the same again: if it "
       "was, you get the same answer, and nothing is counted twice."}}},
    {"unknown_campaign", 404,
     {{"Мұндай науқан жоқ",
       "Осы мекенжайда науқан табылмады. Сілтемені тексеріңіз немесе басты беттен "
       "науқанды таңдаңыз."},
      {"Такой кампании нет",
       "По этому адресу кампания не найдена. Проверьте ссылку или выберите кампанию на "
       "главной странице."},
      {"There is no such campaign",
       "No campaign was found at this address. Check the link or choose a campaign on "
       "the home page."}}},
    {"unknown_category", 404,
     {{"Мұндай бағыт жоқ",
       "Бұл науқанда осындай бағыт жоқ. Бағытты науқанның тізімінен таңдаңыз."},
      {"Такого направления нет",
       "В этой кампании нет такого направления. Выберите направление из списка "
       "кампании."},
      {"There is no such category",
       "This campaign has no such category. Choose one from the campaign's list."}}},
    {"unknown_nominee", 404,
     {{"Мұндай үміткер жоқ",
       "Осы нөмірмен үміткер табылмады. Үміткерді бағыттың тізімінен таңдаңыз."},
      {"Такого номинанта нет",
       "Номинант с этим номером не найден. Выберите номинанта из списка направления."},
      {"There is no such nominee",
       "No nominee has this number. Choose one from the list of the category."}}},
    {"unseal_place", 409,
     {{"Бюллетеньдерді ашуға әлі болмайды",
       "Олар бағалау жабылғаннан кейін бір рет ашылады. Ештеңе жазылған жоқ."},
      {"Вскрыть бюллетени сейчас нельзя",
       "Они вскрываются один раз после закрытия оценки. Ничего не записано."},
      {"Ballots cannot be opened now",
       "They are opened once, after evaluation has closed. Nothing was recorded."}}},
    {"unsupported_version", 505,
     {{"HTTP нұсқасы қабылданбайды",
       "Сервер HTTP/1.1 және HTTP/1.0 тілінде сөйлеседі. Ештеңе өзгерген жоқ; сұрауды "
       "сол нұсқада қайталаңыз."},
      {"Версия HTTP не поддерживается",
       "Сервер говорит на HTTP/1.1 и HTTP/1.0. Ничего не изменилось; повторите запрос "
       "в этой версии."},
      {"This version of HTTP is not spoken here",
       "The server speaks HTTP/1.1 and HTTP/1.0. Nothing has changed; repeat the "
       "request in one of these."}}},
    {"uri_too_long", 414,
     {{"Мекенжай тым ұзын",
       "Мекенжай 2048 байттан аспауы керек, сұрау орындалмады. Іздеу мәтінін "
       "қысқартып, қайталаңыз."},
      {"Адрес слишком длинный",
       "Адрес не должен превышать 2048 байт, запрос не выполнен. Сократите текст "
       "поиска и повторите."},
      {"The address is too long",
       "It may have 2048 bytes at most, and the request was not carried out. Shorten "
       "the search text and try again."}}},
    {"version_unknown", 400,
     {{"Жазбаның нұсқасы белгісіз",
       "Сервер v өрісінде тек 1 мәнін қабылдайды, ештеңе жазылған жоқ. Бетті немесе "
       "бағдарламаны жаңартыңыз."},
      {"Версия записи неизвестна",
       "Сервер принимает в поле v только 1, ничего не записано. Обновите страницу или "
       "программу."},
      {"The version of the entry is unknown",
       "The server takes only 1 in the field v, and nothing was recorded. Update the "
       "page or the program."}}},
    {"window_closed", 409,
     {{"Бұл кезең аяқталды",
       "Сұрау кезең жабылғаннан кейін келді, ол жазылмады. Бұрын жазылғанның бәрі "
       "күшінде. Жауаптарыңыз осы құрылғыда оқу үшін қалады."},
      {"Этот этап завершён",
       "Запрос пришёл после закрытия и не записан. Всё записанное раньше остаётся в "
       "силе. Ваши ответы на этом устройстве можно прочитать."},
      {"This phase has closed",
       "The request came after the close and was not recorded. All that was recorded "
       "before stays valid. Your answers on this device can still be read."}}},
    {"window_not_open", 409,
     {{"Бұл кезең әлі басталған жоқ",
       "Сұрау ерте келді, ештеңе жазылған жоқ. Басталу уақыты науқан бетінде "
       "көрсетілген: сол кезде қайталаңыз."},
      {"Этот этап ещё не начался",
       "Запрос пришёл рано, ничего не записано. Время начала указано на странице "
       "кампании: повторите тогда."},
      {"This phase has not begun",
       "The request came too early, and nothing was recorded. The campaign page says "
       "when it begins: try again then."}}},
};
/* clang-format on */

const size_t problems_len = sizeof problems / sizeof problems[0];
