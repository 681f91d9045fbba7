# Тексты портала органов. Ключи те же, что в kk.ftl.
brand = Есик
portal = Портал органа
skip = Перейти к главному
sign-out = Выйти
other-language = Қазақша
requests = Запросы
back-to-list = Все запросы
error-prefix = Ошибка:

sign-in-title = Вход
sign-in-lead = Здесь вы регистрируете и принимаете запросы от подразделений полиции и отвечаете на них.
sign-in-login = Имя для входа
sign-in-password = Пароль
sign-in-button = Войти
sign-in-wrong = Имя или пароль неверны.
sign-in-empty = Введите имя и пароль.
sign-in-wait = { $minutes ->
    [one] Слишком много неверных паролей. Попробуйте через { $minutes } минуту.
    [few] Слишком много неверных паролей. Попробуйте через { $minutes } минуты.
   *[many] Слишком много неверных паролей. Попробуйте через { $minutes } минут.
}
sign-in-ended = Вы долго ничего не делали, и сеанс закончился. Войдите ещё раз.
sign-in-kept = Написанное сохранено и появится после входа. Пока ничего не отправлено.
signed-out = Вы вышли из портала.

list-title = Запросы, направленные вам
list-new = Новые
list-work = В работе
list-late = Просроченные
list-answered = С ответом
list-back = Возвращённые
list-empty-new = Новых запросов нет. Когда подразделение полиции направит запрос, он появится здесь.
list-empty-work = В работе ничего нет. Здесь стоят зарегистрированные и принятые запросы.
list-empty-late = Просроченных запросов нет.
list-empty-answered = Запросов с ответом пока нет.
list-empty-back = Возвращённых и отозванных запросов нет.
list-nav = Виды запросов
list-request = Запрос
list-from = От кого
list-due = Последний день
list-state = Состояние
list-page = Страница { $page } из { $of }
list-earlier = Предыдущая страница
list-later = Следующая страница
no-number = Запрос без номера

state-sent = Новый
state-delivered = Новый
state-registered = Зарегистрирован
state-accepted = Принят в работу
state-rejected = Возвращён
state-answered = Ответ дан
state-checked = Ответ принят
state-answer_returned = Ждут полного ответа
state-withdrawn = Отозван подразделением

due-on = Последний день: { $date }
due-today = Сегодня последний день
due-late = { $days ->
    [one] Опоздание { $days } день
    [few] Опоздание { $days } дня
   *[many] Опоздание { $days } дней
}
due-none = Срок не указан

request-asked = О чём просят
request-from = От кого
request-history = Что было
request-answer = Ваш ответ
request-file = Файл ответа
request-returned = Подразделение нашло ответ неполным. Отправьте новый ответ.
request-reopened = Обращение открыто снова, нужен новый ответ: { $reason }
request-lacks = Не хватает: { $what }.
lacks-facts = что проверили
lacks-decision = что решили
lacks-who_when = кто и когда сделал
lacks-next = что будет дальше
lacks-appeal = куда обжаловать
request-withdrawn = Подразделение отозвало этот запрос. Делать ничего не нужно.
request-withdrawn-why = Причина: { $reason }
request-reminded = { $count ->
    [one] Подразделение напомнило { $count } раз.
    [few] Подразделение напомнило { $count } раза.
   *[many] Подразделение напомнило { $count } раз.
}

leaves-number = Номер
leaves-category = Вид вопроса
leaves-text = Суть вопроса
leaves-address = Адрес
leaves-name = Заявитель
leaves-phone = Номер телефона
leaves-call_note = Как звонить
leaves-circumstances = Что учесть
leaves-copy_of = Копия: кому ушёл запрос
leaves-file = Приложение
request-files = Приложенные файлы
request-files-hint = Открывайте файлы только на компьютере с защитой от вирусов. Из них убрано, где, когда, кем и чем они сделаны.
file-waiting = Файл ещё не пришёл из подразделения. Загляните сюда позже.
file-withdrawn = Подразделение отозвало этот файл.
file-told = Из этого файла нельзя убрать сведения о том, кем и где он сделан: он повреждён, зашифрован, сохранён в офисном формате до 2007 года или необычно устроен. Попросите у подразделения копию на бумаге.
file-program = Этот файл может запустить программу, поэтому он не передаётся.
size-kb = { $n } КБ
size-mb = { $n } МБ
leaves-other = Другие сведения

event-delivered = Поступил
event-told = записано в отделе полиции
event-registered = Зарегистрирован, входящий номер { $number }
event-accepted = Принят в работу
event-rejected = Возвращён: { $code }. { $reason }
event-answered = Ответ отправлен
event-checked = Подразделение приняло ответ
event-withdrawn = Подразделение отозвало запрос

register-title = Регистрация
register-label = Входящий номер
register-hint = Номер из вашего журнала входящих.
register-button = Зарегистрировать
accept-title = Принять в работу
accept-hint = Если вопрос ваш, подразделение сразу увидит, что вы его приняли.
accept-button = Принять в работу
reject-title = Вернуть
reject-code = Почему возвращаете
reject-not_ours = Не в нашей компетенции
reject-incomplete = Не хватает сведений
reject-duplicate = Такой запрос уже был
reject-other = Другая причина
reject-reason = Пояснение
reject-hint = По этому тексту подразделение поймёт, что делать дальше.
reject-button = Вернуть с причиной
answer-title = Ответить
answer-label = Текст ответа
answer-hint = Напишите, что сделано или почему сделать нельзя: этот ответ услышит заявитель.
answer-file = Файл (если нужен, до 10 МБ)
answer-button = Отправить ответ

done-register = Зарегистрировано. Подразделение видит входящий номер.
done-accept = Принято в работу. Подразделение это видит.
done-reject = Возвращено. Подразделение видит причину.
done-answer = Ответ отправлен. Подразделение его видит.
done-kept = Написанное ниже сохранено и ещё не отправлено.

error-title = Не отправлено. Исправьте здесь:
error-incoming-empty = Введите входящий номер.
error-incoming-long = Входящий номер слишком длинный: не больше 64 знаков.
error-code-empty = Выберите, почему возвращаете.
error-reason-empty = Напишите, почему возвращаете.
error-reason-long = Пояснение слишком длинное: не больше { $max } знаков.
error-text-empty = Напишите текст ответа.
error-text-long = Ответ слишком длинный: не больше { $max } знаков. Остальное приложите файлом.
error-file-large = Файл больше 10 МБ. Выберите файл поменьше.
error-file-empty = Файл пустой. Выберите другой файл.
error-file-again = Выберите файл ещё раз: он не сохранился.
error-form-old = Страница устарела. Написанное на месте, нажмите кнопку ещё раз.
error-registered = Запрос уже зарегистрирован под номером { $number }. Новый номер не записан.
error-not-now = Этот запрос больше нельзя изменить: состояние «{ $state }».
error-answered = Ответ на запрос уже отправлен. Новый текст не отправлен.
error-quota = Под этим именем сегодня сделано слишком много, поэтому не отправлено. Написанное на месте: скопируйте текст и отправьте завтра или свяжитесь с оператором региона.
error-busy = Сервер сейчас занят. Ничего не потеряно: нажмите кнопку ещё раз чуть позже.
error-unreadable = Форма дошла не полностью. Проверьте связь и отправьте ещё раз.

not-found-title = Такой страницы нет
not-found-text = Возможно, запрос направлен другому органу или ссылка набрана с ошибкой.
trouble-title = Сервер не смог ответить
trouble-text = Попробуйте чуть позже. Отправленные ответы сохранены.

date-1 = { $day } января { $year } года
date-2 = { $day } февраля { $year } года
date-3 = { $day } марта { $year } года
date-4 = { $day } апреля { $year } года
date-5 = { $day } мая { $year } года
date-6 = { $day } июня { $year } года
date-7 = { $day } июля { $year } года
date-8 = { $day } августа { $year } года
date-9 = { $day } сентября { $year } года
date-10 = { $day } октября { $year } года
date-11 = { $day } ноября { $year } года
date-12 = { $day } декабря { $year } года
moment = { $date }, { $time }

operator = Оператор региона
region-portal = Пульт региона
region-title = Подразделения и рабочие места
region-nav = Страницы региона
region-nav-stations = Подразделения
region-nav-aside = Отложенное
region-pos = Записей в регионе: { $n }
region-epoch = история региона { $epoch }
region-no-desks = В этом подразделении ещё нет рабочих мест.
region-none = В регионе ещё нет подразделений.
region-desk = рабочее место { $letter }
region-col-desk = Рабочее место
region-col-seen = Последняя связь
region-col-unsent = Не отправлено
region-col-aside = Отложено
region-col-rejected = Возвращено
region-col-clock = Часы
region-col-version = Версия
region-never = ещё не было
region-clock-good = верно
region-frozen = замечены две копии
region-full = дневной объём исчерпан
region-revoked = выведено из работы
aside-title = Отложенные записи
aside-lead = Эти записи не удаляются. О каждой решает человек; решение и имя сохраняются и видны рабочему месту.
aside-empty = Ничего не отложено. Запись, которую нельзя принять сразу, появится здесь.
aside-from = Откуда
aside-who = Кто записал
aside-who-unknown = сотрудник, которого регион не знает
aside-why = Почему
aside-what = Что это
aside-when = Когда пришло
aside-said = Что решено
aside-note = Пояснение
aside-note-hint = Прочтёт сотрудник рабочего места. Без имён граждан.
aside-note-empty = Напишите пояснение: его прочтёт рабочее место.
aside-accept = Проверить заново и принять
aside-leave = Оставить отложенным
aside-ask = Спросить подразделение
aside-done-accepted = Записи приняты.
aside-done-left = Решение сохранено: записи остаются отложенными.
aside-done-asked = Вопрос сохранён: рабочее место увидит его при следующей связи.
aside-said-accepted = Принято
aside-said-left = Оставлено отложенным
aside-said-asked = Спросили подразделение
aside-said-by = Решил(а) { $name }, { $at }
aside-still = Не принято: { $why }
aside-gone = Об этих записях уже решили.
aside-kind-unreadable = нечитаемая запись
aside-why-unreadable = запись не удалось прочесть
aside-why-too_large = запись слишком велика
aside-why-broken_chain = порядок записей не сошёлся
aside-why-id_reused = запись с таким обозначением уже есть
aside-why-unknown_officer = регион не знает этого сотрудника
aside-why-officer_revoked = право сотрудника отозвано
aside-why-device_revoked = рабочее место выведено из работы
aside-why-bad_signature = подпись сотрудника не сходится
aside-why-base_refused = опирается на запись, которую регион не принял
aside-why-lost = утрачены на повреждённом диске рабочего места; записанное после них принято, а если они найдутся, будут приняты и они
aside-why-branch = это записала вторая копия рабочего места; его надо подключить заново
aside-why-rule = не проходит по правилам
aside-why-other = причина не ясна
aside-records = { $n ->
    [one] { $n } запись
    [few] { $n } записи
   *[many] { $n } записей
}
aside-lost = { $n ->
    [one] Утрачена { $n } запись
    [few] Утрачены { $n } записи
   *[many] Утрачено { $n } записей
}
aside-branch = { $n ->
    [one] { $n } запись второй копии
    [few] { $n } записи второй копии
   *[many] { $n } записей второй копии
}
region-clock-ahead = { $minutes ->
    [one] спешат на { $minutes } минуту
    [few] спешат на { $minutes } минуты
   *[many] спешат на { $minutes } минут
}
region-clock-behind = { $minutes ->
    [one] отстают на { $minutes } минуту
    [few] отстают на { $minutes } минуты
   *[many] отстают на { $minutes } минут
}

kind-visit_noted = Посещение
kind-case_opened = Обращение
kind-issue_added = Тема обращения
kind-party_added = Данные человека
kind-person_matched = Другие обращения человека
kind-advice_given = Совет
kind-note_added = Заметка
kind-attachment_linked = Приложенный файл
kind-attachment_withdrawn = Удаление файла
kind-attachment_noted = Пояснение к файлу
kind-referral_drafted = Текст направления
kind-referral_sent = Направление
kind-referral_checked = Проверка ответа
kind-referral_reminded = Напоминание
kind-referral_withdrawn = Отзыв направления
kind-referral_reopened = Возврат к направлению
kind-dispute_opened = Спор
kind-dispute_settled = Решение спора
kind-closing_asked = Просьба закрыть
kind-task_assigned = Поручение
kind-task_done = Исполнение поручения
kind-plan_step_added = Шаг плана
kind-plan_step_moved = Срок шага плана
kind-plan_step_done = Исполнение шага плана
kind-plan_step_dropped = Отказ от шага плана
kind-crime_handed_over = Передача сообщения о преступлении
kind-coupon_issued = Выданный талон
kind-contact_made = Разговор с заявителем
kind-extension_asked = Просьба продлить срок
kind-extension_decided = Решение о продлении
kind-notice_given = Уведомление
kind-category_changed = Изменение темы
kind-controller_named = Назначение отвечающего за дело
kind-priority_set = Срочность дела
kind-case_amended = Исправление обращения
kind-party_amended = Исправление данных человека
kind-review_settled = Выбор из двух значений
kind-act_undone = Отмена действия
kind-refusal_settled = Разбор возврата
kind-case_closed = Закрытие
kind-case_reopened = Повторное открытие
kind-queue_joined = Талон очереди
kind-queue_told = Объявление о вызове
kind-queue_called = Вызов из очереди
kind-queue_left = Выход из очереди
kind-shift_handed_over = Сдача смены
kind-referral_escalated = Поднято выше
kind-knowledge_confirmed = Подтверждение сведений
kind-owed_list_handed = Список долгов органа передан
kind-shift_taken = Приём смены
kind-round_place_noted = Адрес обхода
kind-round_planned = План обхода
kind-round_visited = Посещение по адресу
kind-round_place_dropped = Адрес снят с обхода
kind-round_handed_in = Сдача обхода
kind-other = Запись
