// Words for a person as another case has her, and what that case warns of.
import type { CaseView, CautionView, PersonCaseView } from '../../backend';
import { useCommands } from '../../backend/query';

/** The number of a case; of a visit what it was about. */
export function caseName(of: PersonCaseView): string {
  return of.number ?? of.title;
}

export function nameOf(person: PersonCaseView['person']): string {
  return (
    [person.surname, person.given, person.patronymic].filter(Boolean).join(' ') ||
    person.organisation ||
    ''
  );
}

/** What has to be known before anybody calls, learnt in other cases of the same people. */
export function useLinkedCautions(
  view: CaseView,
): { kind: CautionView['kind']; of: PersonCaseView }[] {
  const known = useCommands(
    'person_history',
    view.parties.map((party) => ({ case: view.id, party: party.id })),
  );
  return known
    .flatMap((person) => person.same)
    .flatMap(({ of }) => of.cautions.map((kind) => ({ kind, of })));
}
