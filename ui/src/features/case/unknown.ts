// What a case does not know yet and its officer may add: a theme, who came or on whose behalf.
import type { CaseView, PartyRole } from '../../backend';

const ROLES = ['applicant', 'represented'] as const satisfies readonly PartyRole[];

/** A case in the hand of somebody who may change it. */
export function mayAdd(view: CaseView): boolean {
  return view.may_correct && view.number !== null && view.closed === null;
}

/** Who is not known yet. */
export function unknownRoles(view: CaseView): readonly PartyRole[] {
  return ROLES.filter((role) => view.parties.every(({ party }) => party.role !== role));
}

/** Nobody named the theme yet. What a crime was is not named here. */
export function lacksTheme(view: CaseView): boolean {
  return mayAdd(view) && view.issues.length === 0 && view.crime === null;
}
