# The applicant's page: plain words.
brand = Esik
title = How your case is
case = Case
skip = Go to the main part
languages = Language
error-prefix = Error:

lead = Type the number and the code from your coupon to see how your case is.
number = Number of the coupon
number-hint = It is printed large in the upper part of the coupon.
code = Check code
code-hint = Eight characters beside the QR code. Without the space and in small letters is fine, too.
show = Show
another = Look at another coupon

state-received = Your case was received
state-received-means = It is written down. The police station decides what will be done about it.
state-work = Your case is being dealt with
state-work-means = The police station keeps an eye on it.
state-answered = There is an answer
state-answered-means = The police station checks the answer and tells you the result.
state-closed = The work on your case is finished
state-closed-means = If you do not agree with the result, or nobody told you anything, contact the police station.
state-person = We have your case
state-person-means = We will look into your matter and tell you the result in person.
neutral = We will look into your matter and tell you the result in person

next = The next date
next-late = This day is over. Contact the police station: they have to tell you why.
promised = What you were promised
until = Last day
kept = Done
late = The day is over
days = Dates
received = Received
changed = Last change

help = If you have a question
help-phone = Telephone of the station
help-call = Call or come to the police station that received your case. Its name stands on your coupon.
help-stay = You need not go anywhere else: until you have an answer, this station is responsible for your case. If somebody's life is in danger, call 102 or 112.
privacy = This page shows neither your name nor your address nor what you told. Do not give the coupon to strangers.

say = Write to the police station
say-lead = If something has changed, write it here. An officer reads it.
say-solved = Is it solved?
say-yes = Yes, it is solved
say-no = No, it is not solved
say-stars = How content are you?
say-stars-hint = 1 is not at all, 5 is fully. You need not answer.
say-text = A few words, if you like
say-text-hint = Up to 1000 characters. Do not write what others must not see: somebody else may get hold of the coupon.
say-danger = Nobody answers here at once. If somebody's life is in danger, call 102 or 112.
say-send = Send
say-to-form = Go to the form
said = It is written down. An officer reads it by { $day }.
said-solved = On { $day } somebody with this coupon said: it is solved.
said-not-solved = On { $day } somebody with this coupon said: it is not solved.
said-message = On { $day } somebody with this coupon wrote a message.
say-empty = Choose an answer or write a few words.
say-long = { $signs ->
    [one] The text is too long: { $signs } character. Shorten it to 1000 characters.
   *[other] The text is too long: { $signs } characters. Shorten it to 1000 characters.
}
say-not-asked = Your case is being worked on, so whether it is solved is not asked now. You can send the text alone.
say-too-much = { $hours ->
    [one] Much was written from here today. Nothing is lost: send it in { $hours } hour, or call the police station.
   *[other] Much was written from here today. Nothing is lost: send it in { $hours } hours, or call the police station.
}

unknown = Nothing was found for this number and code.
unknown-check = Compare the number and the code with the coupon.
unknown-later = If you got the coupon only lately, it may not have come here yet. Try again later.
unknown-ask = Ask at the police station that gave you the coupon: your case is there.
too-often = { $minutes ->
    [one] Too many wrong codes. Try again in { $minutes } minute.
   *[other] Too many wrong codes. Try again in { $minutes } minutes.
}
too-often-qr = With your phone's camera on the QR code of the coupon you need not wait.
trouble = It cannot be shown at the moment. Try again in a few minutes.

date-1 = { $day } January { $year }
date-2 = { $day } February { $year }
date-3 = { $day } March { $year }
date-4 = { $day } April { $year }
date-5 = { $day } May { $year }
date-6 = { $day } June { $year }
date-7 = { $day } July { $year }
date-8 = { $day } August { $year }
date-9 = { $day } September { $year }
date-10 = { $day } October { $year }
date-11 = { $day } November { $year }
date-12 = { $day } December { $year }
