// Words for what the core warns of before finishing; none of it stops anything.
import type { Refusal } from '../../backend';
import { t, tCode } from '../../i18n';
import { refusalText } from '../../kit/Note';

export function warningText(refusal: Refusal): string {
  switch (refusal.code) {
    case 'iin_doubtful':
      return t('intake.warning.iin');
    case 'phone_doubtful':
      return t('intake.warning.phone');
    case 'crime_sign':
      return t('intake.warning.crime');
    case 'visit_restricts': {
      const circle = refusal.params.circle ?? '';
      return t('case.restrict.by_category', { circle: tCode(`circle.${circle}`, circle) });
    }
    default:
      return refusalText(refusal) || t('intake.warning.other');
  }
}
