// The person's other cases: those officers linked, and people who are alike, to be linked or told apart.
import type { CaseParty, CaseView, LinkedPerson, PersonCaseView } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { day, dayOf } from '../../i18n/dates';
import { Button, Card, ErrorNote, Fold, Tag } from '../../kit';
import { href } from '../../shell/router';
import { toastDone } from '../../shell/undo';
import type { Book } from '../intake/form';
import { themeName } from '../intake/useBook';
import type { Opened } from './CaseDialogs';
import { caseName, nameOf } from './person';

type Acts = { view: CaseView; book: Book; onOpen: (opened: Opened) => void };

/** One card for each person of whom anything more is known; none where there is nothing to say. */
export function PersonCards(props: Acts) {
  return props.view.parties.map((party) => <PersonCard key={party.id} {...props} party={party} />);
}

function PersonCard(props: Acts & { party: CaseParty }) {
  const { view, book, party } = props;
  const { data } = useCommand('person_history', { case: view.id, party: party.id }, { keep: true });
  const match = useAction('person_match');
  const may = view.may_correct;
  if (!data || data.same.length + data.others.length + data.alike.length === 0) return null;
  const say = (of: PersonCaseView, same: boolean | null) =>
    match.mutate(
      {
        case: view.id,
        party: party.id,
        other_case: of.case,
        other_party: of.party,
        same,
        reason: '',
      },
      {
        onSuccess: ({ undo }) =>
          toastDone(t(same === null ? 'person.saved_back' : 'person.saved_two'), undo),
      },
    );
  const row = (one: LinkedPerson) => (
    <li key={one.of.case + one.of.party}>
      <div className="row">
        <Other of={one.of} book={book} said={saidOf(one)} />
        {may && one.words.length > 0 ? (
          <Button
            small
            quiet
            disabled={match.isPending}
            label={t('person.back_label', { case: caseName(one.of) })}
            onPress={() => say(one.of, null)}
          >
            {t('person.back')}
          </Button>
        ) : null}
      </div>
    </li>
  );
  const name = nameOf(party.party);
  return (
    <Card
      title={view.parties.length > 1 && name ? t('person.title_of', { name }) : t('person.title')}
      className="person"
    >
      {data.same.length > 0 ? <ul className="rows">{data.same.map(row)}</ul> : null}
      {data.alike.length > 0 ? (
        <>
          <h3 className="person-alike">{t('person.alike')}</h3>
          <ul className="rows">
            {data.alike.map((one) => (
              <li key={one.of.case + one.of.party}>
                <div className="row">
                  <Other
                    of={one.of}
                    book={book}
                    said={one.why.map((why) => tCode(`intake.similar.${why}`, '')).join(' · ')}
                  />
                  {may ? (
                    <div className="fx">
                      {one.of.other_iin ? null : (
                        <Button
                          small
                          label={t('person.same_label', labelOf(one.of))}
                          onPress={() =>
                            props.onOpen({ kind: 'person', party: party.id, of: one.of })
                          }
                        >
                          {t('person.same')}
                        </Button>
                      )}
                      <Button
                        small
                        quiet
                        disabled={match.isPending}
                        label={t('person.two_label', labelOf(one.of))}
                        onPress={() => say(one.of, false)}
                      >
                        {t('person.two')}
                      </Button>
                    </div>
                  ) : null}
                </div>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {data.others.length > 0 ? (
        <Fold
          name={`person.others.${party.id}`}
          className="person-others"
          summary={t('person.others', { n: data.others.length })}
        >
          <ul className="rows">{data.others.map(row)}</ul>
        </Fold>
      ) : null}
      <ErrorNote error={match.error} />
    </Card>
  );
}

/** A person in another case: which case, what about, whose turn, and what to know before anybody calls. */
function Other(props: { of: PersonCaseView; book: Book; said: string }) {
  const { of, book, said } = props;
  const state = of.number === null ? 'visit' : of.open ? 'open' : 'closed';
  return (
    <div className="grow">
      <a className="t" href={href({ screen: 'case', id: of.case })}>
        {[of.number, themeName(book, of.category ?? undefined) || of.title]
          .filter(Boolean)
          .join(' · ')}
      </a>{' '}
      {of.other_iin ? <Tag tone="late">{t('person.iin_differs')}</Tag> : null}
      {of.cautions.map((caution) => (
        <Tag key={caution} tone="late">
          {tCode(`intake.caution.${caution}`, caution)}
        </Tag>
      ))}
      <p className="m">
        {[nameOf(of.person), t(`person.${state}`), day(dayOf(of.at), dayOf(new Date())), of.address]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {said ? <p className="m">{said}</p> : null}
    </div>
  );
}

/** Who said it and why; or that a third case lies between. */
function saidOf(linked: LinkedPerson): string {
  if (linked.words.length === 0) return t('person.through');
  return linked.words
    .map((word) =>
      [
        t('person.said', {
          name: word.who || '–',
          date: day(dayOf(word.at), dayOf(new Date())),
        }),
        word.reason,
      ]
        .filter(Boolean)
        .join(': '),
    )
    .join(' · ');
}

const labelOf = (of: PersonCaseView) => ({ name: nameOf(of.person), case: caseName(of) });
