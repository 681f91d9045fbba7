// Everything else one may do with a case, quietly, under its content.
import type { CaseView } from '../../backend';
import { t } from '../../i18n';
import { Button } from '../../kit';
import type { Opened } from './CaseDialogs';
import type { Next } from './next';

export function Actions(props: { view: CaseView; next: Next; onOpen: (opened: Opened) => void }) {
  const { view, next, onOpen } = props;
  const isCase = view.number !== null;
  const open = isCase && view.closed === null && !view.read_only;
  const can = !view.read_only;
  return (
    <section className="case-acts" aria-label={t('case.act.label')}>
      <div className="fx wrap">
        {can && next.act !== 'tell_applicant' && isCase ? (
          <Button small onPress={() => onOpen({ kind: 'contact' })}>
            {t('case.act.contact')}
          </Button>
        ) : null}
        {can ? (
          <Button small onPress={() => onOpen({ kind: 'note' })}>
            {t('case.act.note')}
          </Button>
        ) : null}
        {view.may_correct ? (
          <Button small kbd="Alt+C" onPress={() => onOpen({ kind: 'correct' })}>
            {t('correct.act')}
          </Button>
        ) : null}
        {can && isCase ? (
          <Button small onPress={() => onOpen({ kind: 'advice' })}>
            {t('knowledge.advise')}
          </Button>
        ) : null}
        {open ? (
          <>
            <Button small onPress={() => onOpen({ kind: 'refer', replaces: null })}>
              {t('case.referrals.add')}
            </Button>
            <Button small onPress={() => onOpen({ kind: 'task_add' })}>
              {t('case.tasks.add')}
            </Button>
            {view.plan.length === 0 ? (
              <Button small onPress={() => onOpen({ kind: 'plan_add' })}>
                {t('plan.begin')}
              </Button>
            ) : null}
            <Button small onPress={() => onOpen({ kind: 'member_add' })}>
              {t('plan.member_add')}
            </Button>
          </>
        ) : null}
        {view.terms.may_redirect ? (
          <Button small onPress={() => onOpen({ kind: 'redirect' })}>
            {t('redirect.act')}
          </Button>
        ) : null}
        {view.terms.may_ask ? (
          <Button small onPress={() => onOpen({ kind: 'extension_ask' })}>
            {t('terms.ask')}
          </Button>
        ) : null}
        {view.terms.may_decide && next.act !== 'decide_extension' ? (
          <Button small onPress={() => onOpen({ kind: 'extension_decide' })}>
            {t('terms.extend')}
          </Button>
        ) : null}
        {view.may_restrict && isCase ? (
          <Button small onPress={() => onOpen({ kind: 'restrict' })}>
            {t('case.restrict.act')}
          </Button>
        ) : null}
        <Button small kbd="Alt+L" onPress={() => onOpen({ kind: 'looks' })}>
          {t('look.act')}
        </Button>
        {open && view.may_close && next.act !== 'close' ? (
          <Button small onPress={() => onOpen({ kind: 'close' })}>
            {t('case.act.close')}
          </Button>
        ) : null}
        {can && view.closed ? (
          <Button small onPress={() => onOpen({ kind: 'reopen' })}>
            {t('case.act.reopen')}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
