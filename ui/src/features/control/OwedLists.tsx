// “You owe us”, week by week: who has not got the list yet, and one press that prints it and writes it down.
import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { AppState, OwedLists, PaperOf, Way } from '../../backend';
import { useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import { Button, Field, Note, PillRadios } from '../../kit';
import { useKept } from '../../shell/kept';
import { may } from '../../shell/state';
import { toastDone } from '../../shell/undo';
import { toldText } from '../case/ByHandDialogs';
import { FormDialog } from '../case/FormDialog';
import { PaperDialog } from '../case/PaperDialog';
import type { Book } from '../intake/form';
import { bodyName } from '../intake/useBook';

/** Ways a paper goes. */
const WAYS: readonly Way[] = ['paper', 'mail', 'email', 'system'];

/** The lists of this week, for whoever may hand them over. */
export function useOwedLists(): OwedLists | undefined {
  const state = useCommand('app_state', {}).data as AppState | undefined;
  const enabled = state !== undefined && may(state, 'close');
  return useCommand('owed_lists', {}, { enabled }).data;
}

/** What the paper of a body is, and its name. */
export function owedPaper(agency: string, book: Book): { of: PaperOf; name: string } {
  return {
    of: { of: 'owed_list', agency },
    name: t('control.lists.of', { agency: bodyName(book, agency) }),
  };
}

export function OwedListsNote(props: { lists: OwedLists; onOpen: () => void }) {
  const { lists } = props;
  return (
    <Note tone="warn">
      <p className="t">{t('control.lists.due', { n: lists.due.length })}</p>
      <div className="note-act acts">
        <Button small kbd="L" onPress={props.onOpen}>
          {t('control.lists.open')}
        </Button>
      </div>
    </Note>
  );
}

export function OwedListsDialog(props: { lists: OwedLists; book: Book; onClose: () => void }) {
  const { lists, book, onClose } = props;
  const hand = useAction('owed_list_hand');
  const [chosen, setChosen] = useKept<string | null>('lists.agency', null);
  const [way, setWay] = useKept<Way>('lists.way', 'paper');
  const [who, setWho] = useKept('lists.who', '');
  const [shown, setShown] = useState<PaperOf>();
  // The next one comes by itself, once one is done.
  const body = lists.due.find((one) => one.agency === chosen) ?? lists.due[0];
  if (shown) {
    const agency = shown.of === 'owed_list' ? shown.agency : '';
    const name =
      agency === ''
        ? t('paper.name.owed_list')
        : t('control.lists.of', { agency: bodyName(book, agency) });
    return <PaperDialog paper={{ of: shown, name }} onClose={() => setShown(undefined)} />;
  }
  return (
    <FormDialog
      wide
      title={t('control.lists.title', { date: fullDay(lists.week) })}
      save={t('control.lists.save')}
      pending={hand.isPending}
      error={hand.error}
      disabled={body === undefined}
      onClose={onClose}
      onSave={() => {
        if (!body) return;
        hand.mutate(
          { agency: body.agency, way, who: who.trim() },
          {
            onSuccess: ({ undo }) => {
              toastDone(t('control.lists.done', { agency: bodyName(book, body.agency) }), undo);
              setChosen(null);
              setWho('');
              if (lists.due.length <= 1) onClose();
            },
          },
        );
      }}
    >
      {body ? (
        <>
          <div className="owed-bodies">
            <PillRadios
              label={t('control.lists.whose')}
              value={body.agency}
              onChange={setChosen}
              autoFocus
              options={lists.due.map((one) => ({
                id: one.agency,
                label: t('control.lists.body', {
                  agency: bodyName(book, one.agency),
                  total: one.total,
                  late: one.late,
                }),
              }))}
            />
          </div>
          {body.left_out > 0 ? (
            <Note tone="warn">{t('control.lists.left_out', { n: body.left_out })}</Note>
          ) : null}
          <PillRadios
            label={t('byhand.way')}
            value={way}
            onChange={(id) => setWay(id as Way)}
            options={WAYS.map((id) => ({ id, label: t(`byhand.way.${id}`) }))}
          />
          <Field
            label={t('byhand.who')}
            aside={t('byhand.if_known')}
            value={who}
            onChange={setWho}
          />
          <div className="acts">
            <Button small onPress={() => setShown({ of: 'owed_list', agency: body.agency })}>
              {t('paper.see')}
            </Button>
          </div>
        </>
      ) : (
        <p>{t('control.lists.none')}</p>
      )}
      <Handed lists={lists} book={book} onShow={setShown} />
    </FormDialog>
  );
}

function Handed(props: { lists: OwedLists; book: Book; onShow: (of: PaperOf) => void }) {
  const { handed } = props.lists;
  if (handed.length === 0) return null;
  return (
    <section>
      <h3>{t('control.lists.handed')}</h3>
      <ul className="remind-list">
        {handed.map((line) => {
          const name = bodyName(props.book, line.agency);
          return (
            <li key={`${line.agency} ${line.at}`}>
              <span className="t">{name}</span>{' '}
              <span className="m">
                {[toldText(line.told), line.who, t('control.lists.lines', { n: line.lines })]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {line.paper ? (
                <Button
                  quiet
                  icon
                  small
                  label={t('control.lists.again', { agency: name })}
                  onPress={() =>
                    line.paper ? props.onShow({ of: 'printed', id: line.paper }) : undefined
                  }
                >
                  <Printer aria-hidden="true" />
                </Button>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
