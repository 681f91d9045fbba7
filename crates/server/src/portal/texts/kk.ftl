# Органдар порталының мәтіндері. Кілттері ru.ftl файлымен бірдей.
brand = Есік
portal = Орган порталы
skip = Негізгі бөлікке өту
sign-out = Шығу
other-language = Русский
requests = Сұраулар
back-to-list = Барлық сұраулар
error-prefix = Қате:

sign-in-title = Кіру
sign-in-lead = Полиция бөлімшелерінен келген сұрауларды осы жерде тіркейсіз, қабылдайсыз және жауап бересіз.
sign-in-login = Логин
sign-in-password = Құпиясөз
sign-in-button = Кіру
sign-in-wrong = Логин немесе құпиясөз дұрыс емес.
sign-in-empty = Логин мен құпиясөзді жазыңыз.
sign-in-wait = Құпиясөз тым көп рет қате терілді. { $minutes } минуттан кейін қайталап көріңіз.
sign-in-ended = Ұзақ уақыт әрекет болмағандықтан, сеанс аяқталды. Қайта кіріңіз.
sign-in-kept = Жазғаныңыз сақталды: кірген соң алдыңызда тұрады. Әзірге ештеңе жіберілген жоқ.
signed-out = Сіз порталдан шықтыңыз.

list-title = Сізге жолданған сұраулар
list-new = Жаңа
list-work = Жұмыста
list-late = Мерзімі өткен
list-answered = Жауап берілген
list-back = Қайтарылған
list-empty-new = Жаңа сұрау жоқ. Полиция бөлімшесі сұрау жібергенде, ол осы жерде пайда болады.
list-empty-work = Жұмыста сұрау жоқ. Тіркелген немесе қабылданған сұраулар осы жерде тұрады.
list-empty-late = Мерзімі өткен сұрау жоқ.
list-empty-answered = Жауап берілген сұрау әлі жоқ.
list-empty-back = Қайтарылған немесе кері алынған сұрау жоқ.
list-nav = Сұраулардың түрлері
list-request = Сұрау
list-from = Кімнен
list-due = Соңғы күні
list-state = Жайы
list-page = { $page }-бет, барлығы { $of }
list-earlier = Алдыңғы бет
list-later = Келесі бет
no-number = Нөмірсіз сұрау

state-sent = Жаңа
state-delivered = Жаңа
state-registered = Тіркелді
state-accepted = Орындауға алынды
state-rejected = Қайтарылды
state-answered = Жауап берілді
state-checked = Жауап қабылданды
state-answer_returned = Толық жауап күтіледі
state-withdrawn = Бөлімше кері алды

due-on = Соңғы күні: { $date }
due-today = Бүгін соңғы күн
due-late = { $days } күн кешікті
due-none = Мерзімі көрсетілмеген

request-asked = Не сұралады
request-from = Кімнен
request-history = Не болды
request-answer = Сіздің жауабыңыз
request-file = Жауаптың файлы
request-returned = Бөлімше жауапты толық емес деп тапты. Жаңа жауап жіберіңіз.
request-reopened = Жолданым қайта ашылды, жаңа жауап керек: { $reason }
request-lacks = Жетпейтіні: { $what }.
lacks-facts = не тексерілгені
lacks-decision = не шешілгені
lacks-who_when = кім, қашан істегені
lacks-next = әрі қарай не болатыны
lacks-appeal = қайда шағымдануға болатыны
request-withdrawn = Бөлімше бұл сұрауды кері алды. Ештеңе істеудің қажеті жоқ.
request-withdrawn-why = Себебі: { $reason }
request-reminded = Бөлімше ескерту жасады: { $count } рет.

leaves-number = Нөмірі
leaves-category = Мәселе түрі
leaves-text = Мәселенің мәні
leaves-address = Мекенжай
leaves-name = Өтініш беруші
leaves-phone = Телефон
leaves-call_note = Қоңырау шалу туралы
leaves-circumstances = Ескеретін жайттар
leaves-copy_of = Көшірме: сұрау кімге кетті
leaves-file = Қосымша
request-files = Қоса берілген файлдар
request-files-hint = Файлдарды вирустан қорғалған компьютерде ғана ашыңыз. Олардың қайда, қашан, кім және немен жасағаны туралы мәлімет алып тасталған.
file-waiting = Файл бөлімшеден әлі келген жоқ. Кейінірек қайта қараңыз.
file-withdrawn = Бөлімше бұл файлды кері алды.
file-told = Бұл файлды кім, қайда жасағаны туралы мәліметті алып тастау мүмкін болмады: файл бүлінген, шифрланған, 2007 жылға дейінгі ескі кеңсе пішімінде сақталған не құрылымы өзгеше. Бөлімшеден қағаз көшірмесін сұраңыз.
file-program = Бұл файл бағдарлама іске қоса алады, сондықтан берілмейді.
size-kb = { $n } КБ
size-mb = { $n } МБ
leaves-other = Қосымша мәлімет

event-delivered = Келіп түсті
event-told = полиция бөлімшесінде жазылған
event-registered = Тіркелді, кіріс нөмірі { $number }
event-accepted = Орындауға алынды
event-rejected = Қайтарылды: { $code }. { $reason }
event-answered = Жауап жіберілді
event-checked = Бөлімше жауапты қабылдады
event-withdrawn = Бөлімше сұрауды кері алды

register-title = Тіркеу
register-label = Кіріс нөмірі
register-hint = Кіріс хат-хабар журналындағы нөмір.
register-button = Тіркеу
accept-title = Орындауға алу
accept-hint = Мәселе сіздің құзыретіңізге жатса, қабылдағаныңызды бөлімше бірден көреді.
accept-button = Орындауға алу
reject-title = Қайтару
reject-code = Қайтару себебі
reject-not_ours = Біздің құзыретімізге жатпайды
reject-incomplete = Мәлімет жеткіліксіз
reject-duplicate = Мұндай сұрау бұрын келген
reject-other = Басқа себеп
reject-reason = Түсіндірме
reject-hint = Бөлімше әрі қарай не істеу керегін осы мәтіннен түсінеді.
reject-button = Себебін көрсетіп қайтару
answer-title = Жауап беру
answer-label = Жауап мәтіні
answer-hint = Не істелгенін немесе неге істелмейтінін жазыңыз: бұл жауапты өтініш беруші естиді.
answer-file = Файл (қажет болса, 10 МБ-қа дейін)
answer-button = Жауапты жіберу

done-register = Тіркелді. Бөлімше кіріс нөмірін көреді.
done-accept = Орындауға алынды. Бөлімше мұны көреді.
done-reject = Қайтарылды. Бөлімше себебін көреді.
done-answer = Жауап жіберілді. Бөлімше оны көреді.
done-kept = Төменде жазғаныңыз сақталды, ол әлі жіберілген жоқ.

error-title = Жіберілмеді. Мына жерді түзетіңіз:
error-incoming-empty = Кіріс нөмірін жазыңыз.
error-incoming-long = Кіріс нөмірі тым ұзын: 64 таңбадан аспасын.
error-code-empty = Қайтару себебін таңдаңыз.
error-reason-empty = Неге қайтарып отырғаныңызды жазыңыз.
error-reason-long = Түсіндірме тым ұзын: { $max } таңбадан аспасын.
error-text-empty = Жауап мәтінін жазыңыз.
error-text-long = Жауап тым ұзын: { $max } таңбадан аспасын. Қалғанын файлмен тіркеңіз.
error-file-large = Файл 10 МБ-тан үлкен. Кішірек файл таңдаңыз.
error-file-empty = Файл бос. Басқа файл таңдаңыз.
error-file-again = Файлды қайта таңдаңыз: ол сақталмады.
error-form-old = Бет ескірген. Жазғаныңыз орнында, түймені тағы бір рет басыңыз.
error-registered = Сұрау бұрын { $number } нөмірімен тіркелген. Жаңа нөмір жазылған жоқ.
error-not-now = Бұл сұрауды енді өзгертуге болмайды: жайы — «{ $state }».
error-answered = Сұрауға жауап бұрын жіберілген. Жаңа мәтін жіберілген жоқ.
error-quota = Бүгін осы кіру атымен тым көп жұмыс істелді, сондықтан жіберілмеді. Жазғаныңыз орнында: мәтінді көшіріп алып, ертең жіберіңіз немесе өңір операторына хабарласыңыз.
error-busy = Сервер қазір бос емес. Ештеңе жоғалған жоқ: сәлден соң түймені тағы басыңыз.
error-unreadable = Форма толық жетпеді. Байланысты тексеріп, тағы бір рет жіберіңіз.

not-found-title = Мұндай бет жоқ
not-found-text = Сұрау жойылған, басқа органға жолданған немесе сілтеме қате терілген болуы мүмкін.
trouble-title = Сервер жауап бере алмады
trouble-text = Сәлден соң қайталап көріңіз. Жіберілген жауаптар сақтаулы.

date-1 = { $year } жылғы { $day } қаңтар
date-2 = { $year } жылғы { $day } ақпан
date-3 = { $year } жылғы { $day } наурыз
date-4 = { $year } жылғы { $day } сәуір
date-5 = { $year } жылғы { $day } мамыр
date-6 = { $year } жылғы { $day } маусым
date-7 = { $year } жылғы { $day } шілде
date-8 = { $year } жылғы { $day } тамыз
date-9 = { $year } жылғы { $day } қыркүйек
date-10 = { $year } жылғы { $day } қазан
date-11 = { $year } жылғы { $day } қараша
date-12 = { $year } жылғы { $day } желтоқсан
moment = { $date }, сағат { $time }

operator = Өңір операторы
region-portal = Өңір бекеті
region-title = Бөлімшелер мен жұмыс орындары
region-nav = Өңір беттері
region-nav-stations = Бөлімшелер
region-nav-aside = Бөлек қойылғандар
region-pos = Өңірдегі жазбалар: { $n }
region-epoch = өңір тарихы { $epoch }
region-no-desks = Бұл бөлімшеде әлі жұмыс орны жоқ.
region-none = Өңірде әлі бөлімше жоқ.
region-desk = { $letter } жұмыс орны
region-col-desk = Жұмыс орны
region-col-seen = Соңғы байланыс
region-col-unsent = Жіберілмеген
region-col-aside = Бөлек қойылған
region-col-rejected = Қайтарылған
region-col-clock = Сағаты
region-col-version = Нұсқасы
region-never = байланыс болған жоқ
region-clock-good = дұрыс
region-frozen = екі көшірмесі байқалды
region-full = бүгінгі мөлшерін түгел жіберді
region-revoked = істен шығарылған
aside-title = Бөлек қойылған жазбалар
aside-lead = Бұл жазбалар жойылмайды. Әрқайсысын адам қарап, не істейтінін шешеді; шешім мен аты-жөн сақталады, жұмыс орнына да көрінеді.
aside-empty = Бөлек қойылған ештеңе жоқ. Қабылдау мүмкін болмаған жазба осында келеді.
aside-from = Қайдан
aside-who = Кім жазды
aside-who-unknown = өңір танымайтын қызметкер
aside-why = Себебі
aside-what = Не жазылған
aside-when = Келген уақыты
aside-said = Не шешілді
aside-note = Түсініктеме
aside-note-hint = Жұмыс орнындағы қызметкер оқиды. Азаматтардың аты-жөнін жазбаңыз.
aside-note-empty = Түсініктеме жазыңыз: оны жұмыс орны оқиды.
aside-accept = Қайта қарап, қабылдау
aside-leave = Бөлек қалдыру
aside-ask = Бөлімшеден сұрау
aside-done-accepted = Жазбалар қабылданды.
aside-done-left = Шешім сақталды: жазбалар бөлек қалады.
aside-done-asked = Сұрақ сақталды: жұмыс орны келесі байланыста көреді.
aside-said-accepted = Қабылданды
aside-said-left = Бөлек қалдырылды
aside-said-asked = Бөлімшеден сұралды
aside-said-by = { $name }, { $at } шешті
aside-still = Қабылданбады: { $why }
aside-gone = Бұл жазбалар туралы шешім қабылданып қойған.
aside-kind-unreadable = оқылмайтын жазба
aside-why-unreadable = жазбаны оқу мүмкін болмады
aside-why-too_large = жазба тым үлкен
aside-why-broken_chain = жазбалардың реті сәйкес келмеді
aside-why-id_reused = мұндай белгісі бар жазба бар
aside-why-unknown_officer = өңір бұл қызметкерді танымайды
aside-why-officer_revoked = қызметкердің құқығы алынған
aside-why-device_revoked = жұмыс орны істен шығарылған
aside-why-bad_signature = қызметкердің қолтаңбасы сәйкес келмеді
aside-why-base_refused = өңір қабылдамаған жазбаға сүйенеді
aside-why-lost = жұмыс орнының бүлінген дискісінде жоғалған; кейін жазылғаны қабылданды, ал жоғалғаны табылса, ол да қабылданады
aside-why-branch = бұл жұмыс орнының екінші көшірмесі жазған; ол өңірге қайта қосылуы керек
aside-why-rule = ереже бойынша қабылданбайды
aside-why-other = себебі белгісіз
aside-records = { $n ->
    [one] { $n } жазба
   *[other] { $n } жазба
}
aside-lost = { $n ->
    [one] { $n } жазба жоғалған
   *[other] { $n } жазба жоғалған
}
aside-branch = { $n ->
    [one] Екінші көшірменің { $n } жазбасы
   *[other] Екінші көшірменің { $n } жазбасы
}
region-clock-ahead = { $minutes ->
    [one] { $minutes } минут озып тұр
   *[other] { $minutes } минут озып тұр
}
region-clock-behind = { $minutes ->
    [one] { $minutes } минут қалып тұр
   *[other] { $minutes } минут қалып тұр
}

kind-visit_noted = Келу
kind-case_opened = Жолданым
kind-issue_added = Мәселе санаты
kind-party_added = Адам туралы мәлімет
kind-advice_given = Кеңес
kind-note_added = Ескертпе
kind-attachment_linked = Тіркелген файл
kind-attachment_withdrawn = Файлды алып тастау
kind-attachment_noted = Файлға түсініктеме
kind-referral_drafted = Жолдаманың мәтіні
kind-referral_sent = Жолдама
kind-referral_checked = Жауапты тексеру
kind-referral_reminded = Еске салу
kind-referral_withdrawn = Жолдаманы кері алу
kind-referral_reopened = Жолдаманы қайта ашу
kind-dispute_opened = Дау
kind-dispute_settled = Дауды шешу
kind-closing_asked = Жабуға сұраным
kind-task_assigned = Тапсырма
kind-task_done = Тапсырманы орындау
kind-plan_step_added = Жоспар қадамы
kind-plan_step_moved = Жоспар қадамының мерзімі
kind-plan_step_done = Жоспар қадамын орындау
kind-plan_step_dropped = Жоспар қадамынан бас тарту
kind-crime_handed_over = Қылмыс туралы хабарды беру
kind-coupon_issued = Берілген талон
kind-contact_made = Өтініш берушімен байланыс
kind-extension_asked = Мерзімді ұзарту сұранымы
kind-extension_decided = Мерзімді ұзарту шешімі
kind-notice_given = Хабарлама
kind-category_changed = Санатын өзгерту
kind-controller_named = Іске жауаптыны тағайындау
kind-priority_set = Істің шұғылдығы
kind-case_amended = Жолданымды түзету
kind-party_amended = Адам деректерін түзету
kind-review_settled = Екі мәнді таңдау
kind-act_undone = Әрекетті қайтару
kind-refusal_settled = Қайтқан жазбаны шешу
kind-case_closed = Жабу
kind-case_reopened = Қайта ашу
kind-queue_joined = Кезек талоны
kind-queue_told = Кезек туралы айту
kind-queue_called = Кезектен шақыру
kind-queue_left = Кезектен кету
kind-shift_handed_over = Ауысымды тапсыру
kind-referral_escalated = Жоғары көтерілді
kind-knowledge_confirmed = Мәліметтің расталуы
kind-owed_list_handed = Органның жауап қарызы тізімі берілді
kind-shift_taken = Ауысымды қабылдау
kind-round_place_noted = Аралау мекенжайы
kind-round_planned = Аралау жоспары
kind-round_visited = Үйге бару
kind-round_place_dropped = Аралаудан алынған мекенжай
kind-round_handed_in = Аралауды тапсыру
kind-other = Жазба
