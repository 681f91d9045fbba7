// People as they really come, and how an officer takes each of them down; the consultant's minute in the hall; a door
// of the beat; the end of a shift; and, at a desk whose bodies are late, what a controller does about it.
//
// `full`: an intake with a referral, which may take the officer sixty seconds beyond the telling.

const help = (page, words) => page.locator('.intake-help .suggest h2', { hasText: words });
const pill = (page, name) => page.locator('.pill', { hasText: name });

async function begin(hand) {
  await hand.act('Control+n');
  await hand.sees(hand.page.locator('#trouble'));
}

async function finish(hand) {
  await hand.act('Control+Enter');
  await hand.sees(hand.page.locator('.finished'));
}

/** Who and where, typed into their lines. */
async function whoAndWhere(hand, who, where) {
  await hand.act('Alt+w');
  await hand.type(who);
  if (where) {
    await hand.act('Alt+a');
    await hand.type(where);
  }
  await hand.page.waitForTimeout(700);
}

/** Lets name or telephone leave with the first referral; they stand in this order. */
async function disclose(hand, names) {
  await hand.act('Alt+l');
  const box = hand.page.locator('.referral-more input').first();
  await hand.focused(box);
  for (const name of ['имя', 'телефон']) {
    if (names.includes(name)) await hand.press('Space');
    if (name !== names.at(-1)) await hand.press('Tab');
    else break;
  }
}

export const SCENARIOS = [
  {
    name: 'Asks only where to get a paper: advice',
    async run(hand) {
      await begin(hand);
      await hand.along('где получить справку о несудимости');
      await hand.sees(pill(hand.page, 'Совет дан'));
      await hand.page.waitForFunction(() =>
        document.querySelector('.outcomes .pill[data-selected]'),
      );
      await finish(hand);
    },
  },
  {
    name: 'No heating, a baby at home: referral with telephone',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('второй день нет отопления, дома грудной ребёнок');
      await hand.sees(help(page, /отоплен/));
      await hand.act('Alt+Enter');
      await whoAndWhere(hand, 'сейтова айгуль 87011234567', 'ауэзова 12 кв 5');
      await hand.act('Alt+s');
      await disclose(hand, ['телефон']);
      await finish(hand);
    },
  },
  {
    name: 'Neighbours make noise every night: own task',
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('соседи шумят каждую ночь, громкая музыка');
      await hand.sees(help(page, /[Шш]ум|[Сс]осед/));
      await hand.act('Alt+Enter');
      await hand.page.waitForTimeout(500);
      await whoAndWhere(hand, 'ким 87017654321', 'абая 40 кв 18');
      await finish(hand);
    },
  },
  {
    name: 'Beaten at home: КУИ first, crisis centre',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('муж избил, боится идти домой, негде ночевать');
      await hand.sees(help(page, /насили/));
      await hand.act('Alt+Enter');
      await hand.sees(page.locator('.crime input').first());
      await hand.focused(page.locator('#kui'));
      await hand.type('26-7781');
      await hand.press('Tab');
      await hand.press('Tab');
      await hand.press('Tab');
      await hand.type('нужны ночлег и юрист');
      await hand.click(page.locator('.crime .pill'));
      await finish(hand);
    },
  },
  {
    name: 'No place in the kindergarten, in Kazakh: referral',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('балабақшадан орын бермей жатыр, кезекте екі жыл тұрмыз');
      await hand.sees(help(page, /сад/));
      await hand.act('Alt+Enter');
      await whoAndWhere(hand, 'нұрланова дана 87051112233', '');
      await disclose(hand, ['имя', 'телефон']);
      await finish(hand);
    },
  },
  {
    name: 'Wages not paid for three months: referral',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('работодатель три месяца не платит зарплату');
      await hand.sees(help(page, /[Зз]арплат|[Тт]руд/));
      await hand.act('Alt+Enter');
      await whoAndWhere(hand, 'иванов пётр 87774445566', '');
      await disclose(hand, ['имя', 'телефон']);
      await finish(hand);
    },
  },
  {
    name: 'Was here last week with the same: joined to the case',
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('опять нет отопления, никто не пришёл');
      await hand.act('Alt+w');
      await hand.type('87011234567');
      await hand.sees(page.locator('.known .row'));
      await hand.click(page.locator('.known .row button').first());
      await hand.sees(page.locator('.similar .row button'));
      await hand.click(page.locator('.similar .row button').first());
      await finish(hand);
    },
  },
  {
    name: 'Heating and garbage: two issues, two referrals, a task, advice in one go',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('холодные батареи второй день, и мусор не вывозят неделю');
      await hand.sees(help(page, /отоплен/));
      await hand.act('Alt+Enter');
      await whoAndWhere(hand, 'ахметов 87015556677', 'сатпаева 3 кв 9');
      await hand.act('Alt+i');
      await hand.focused(page.locator('#issue-0 input'));
      await hand.goOn('мусор');
      await hand.sees(page.locator('[role="option"]'));
      await hand.press('ArrowDown');
      await hand.press('Enter');
      await hand.click(page.locator('.refer .proposed .pill', { hasText: /отход/i }).first());
      await hand.act('Control+1');
      await hand.act('Control+3');
      await finish(hand);
    },
  },
  {
    name: 'Complains of an officer: restricted circle',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('участковый нагрубил и не принял заявление');
      await hand.sees(help(page, 'Жалоба на полицейского'));
      await hand.act('Alt+Enter');
      await whoAndWhere(hand, 'ли марина 87023334455', '');
      await finish(hand);
    },
  },
  {
    name: 'Called in from the hall, water in the cellar: referral',
    full: true,
    async before(rpc) {
      await rpc('queue_join', { words: 'вода в подвале, канализация', name: 'оспанова жанар' });
    },
    async run(hand) {
      const { page } = hand;
      await hand.act('Alt+n');
      await hand.sees(page.locator('#trouble'));
      await hand.along(' течёт третий день, запах в подъезде');
      await hand.sees(help(page, /[Вв]од|[Кк]анализац/));
      await hand.act('Alt+Enter');
      await hand.act('Alt+a');
      await hand.type('абая 15');
      await page.waitForTimeout(700);
      await finish(hand);
    },
  },
  {
    name: 'In the hall: a ticket with the theme and a name',
    async run(hand) {
      const { page } = hand;
      await hand.act('Alt+h');
      await hand.focused(page.locator('.hall-join input').first());
      await hand.along('нет света во всём подъезде');
      await hand.sees(page.locator('.hall-join .pill', { hasText: /[Ээ]лектр|[Сс]вет/ }));
      await hand.act('Alt+Enter');
      await hand.act('Alt+w');
      await hand.type('омаров');
      await hand.act('Control+Enter');
      await hand.sees(page.locator('.hall-given'));
    },
  },
  {
    name: 'Another body decides it by law: redirect by art. 65 from the intake',
    full: true,
    async run(hand) {
      const { page } = hand;
      await begin(hand);
      await hand.along('акимат не отвечает на жалобу по яме на дороге');
      await hand.sees(page.locator('.intake-help .suggest h2'));
      await whoAndWhere(hand, 'сулейменов ерлан 87013334455', 'кенесары 60');
      // The body that the theme names stands there: what is asked for is why it is competent.
      await hand.act('Control+4');
      await hand.focused(page.locator('#redirect').getByRole('textbox', { name: /Основание/ }));
      await hand.goOn('ст. 65 АППК');
      await hand.press('Tab');
      await hand.type('решает этот орган');
      await finish(hand);
    },
  },
  {
    name: 'At a door of the beat: talked to, a note',
    async before(rpc) {
      await rpc('round_add', { address: 'Абая 15, кв. 4', note: '' });
    },
    async run(hand) {
      const { page } = hand;
      await hand.act('Alt+3');
      await hand.tabTo(page.locator('.round-door').first(), 30);
      await hand.press('Enter');
      await hand.focused(page.locator('[role="dialog"] [type="radio"]').first());
      await hand.act('Space');
      // What stands open in the house: this visit was for it.
      await hand.press('Tab');
      await hand.act('Space');
      await hand.tabTo(page.locator('[role="dialog"] textarea').first());
      await hand.type('собака во дворе');
      await hand.act('Control+Enter');
      await hand.sees(page.locator('.round-place.done'));
    },
  },
  {
    name: 'The shift goes to a colleague, with a word for the next one',
    async run(hand) {
      const { page } = hand;
      await hand.act('Alt+6');
      await hand.focused(page.locator('.shift [type="radio"]').first());
      await hand.act('Space');
      await hand.tabTo(page.locator('.shift textarea').first());
      await hand.type('позвонить ли марине после шести');
      await hand.act('Control+Enter');
      await hand.sees(page.locator('.shift-handed'));
    },
  },
];

/** At a desk with months of cases whose answers are late. */
export const LATE = [
  {
    name: 'You owe us: the list of the week handed to a body',
    async run(hand) {
      const { page } = hand;
      await hand.act('Alt+2');
      await hand.sees(page.locator('[role="grid"] [data-index]'));
      await hand.act('l');
      await hand.focused(page.locator('[role="dialog"] [type="radio"]').first());
      await hand.act('Control+Enter');
      await hand.sees(page.locator('.toast'));
    },
  },
  {
    name: 'A late answer goes up a rung, with its letter',
    // It was reminded of already: the rung above that is due.
    async before(rpc) {
      const { rows } = await rpc('control', { queue: 'all', limit: 1 });
      await rpc('referral_remind', { referrals: [{ case: rows[0].case, referral: rows[0].referral }] });
    },
    async run(hand) {
      const { page } = hand;
      await hand.act('Alt+2');
      await hand.sees(page.locator('[role="grid"] [data-index]'));
      await hand.act('ArrowDown');
      await hand.press('Enter');
      await hand.sees(page.locator('.case-timeline'));
      await hand.act('Alt+Enter');
      await hand.focused(page.locator('[role="dialog"] [type="radio"]').first());
      await hand.tabTo(page.locator('[role="dialog"] textarea').first());
      await hand.type('просим ответить заявителю до пятницы');
      await hand.act('Control+Enter');
      await hand.sees(page.locator('.toast'));
    },
  },
];
