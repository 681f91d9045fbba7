// The shift: what is handed on, what the region has of it, and what was handed over before.
import { useEffect, useRef, useState } from 'react';
import type { ShiftDone, ShiftLine } from '../../backend';
import { useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { moment } from '../../i18n/dates';
import { Button, Card, ErrorNote, Note, Skeleton } from '../../kit';
import { bindKeys } from '../../shell/keys';
import { Screen } from '../../shell/Screen';
import { toastDone } from '../../shell/undo';
import { lock } from '../../shell/visit';
import { PaperDialog } from '../case/PaperDialog';
import { HandOver, sendNow } from './HandOver';
import { OwedCard } from './OwedCard';
import { PastCard } from './PastCard';
import { RegionCard } from './RegionCard';
import { Waiting } from './ShiftNotice';
import { receiptSays, whySays } from './words';
import '../case/shared.css';
import './shift.css';

export function ShiftScreen() {
  const shift = useCommand('shift', {});
  const colleagues = useCommand('colleagues', {});
  const [handed, setHanded] = useState<ShiftLine>();
  const view = shift.data;
  const again = () => void shift.refetch();
  const onDone = (done: ShiftDone) => {
    setHanded(done.line);
    toastDone(
      t('shift.handed.told'),
      done.undo,
      // The form begins with what came back: the note, the cases, a new number.
      () => void shift.refetch().then(() => setHanded(undefined)),
    );
    // The receipt, where there is a line; without one it comes by itself later.
    void sendNow().then(again, again);
  };
  const failed = shift.error ?? colleagues.error;
  return (
    <Screen title={t('shift.title')} sub={view ? t('shift.from', { at: moment(view.from) }) : null}>
      {failed ? <ErrorNote error={failed} onRetry={again} /> : null}
      <div className="shift">
        <div className="shift-left">
          {view?.waiting.map((line) => (
            <Waiting key={line.id} line={line} />
          ))}
          {view === undefined || colleagues.data === undefined ? (
            failed ? null : (
              <Card>
                <Skeleton rows={6} two />
              </Card>
            )
          ) : handed ? (
            <HandedOver line={view.past.find((line) => line.id === handed.id) ?? handed} />
          ) : (
            <HandOver view={view} colleagues={colleagues.data} onDone={onDone} />
          )}
          {view ? <PastCard past={view.past} /> : null}
        </div>
        <div className="shift-right">
          {view ? (
            <>
              <RegionCard region={view.region} enrolled={view.enrolled} onSent={again} />
              <OwedCard view={view} />
            </>
          ) : null}
        </div>
      </div>
    </Screen>
  );
}

/** Handed over: the receipt or what is missing, the paper, the lock. */
function HandedOver(props: { line: ShiftLine }) {
  const { line } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const [paper, setPaper] = useState(false);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => bindKeys({ 'Control+KeyP': () => setPaper(true) }), []);
  return (
    <Card padded className="finished shift-handed">
      <h2 ref={heading} tabIndex={-1}>
        {line.to ? t('shift.handed', { name: line.to }) : t('shift.handed.anybody')}
      </h2>
      <div role="status">
        {line.receipt === null ? (
          <Note tone="warn">
            <p className="t">{receiptSays(line)}</p>
            <p>
              {whySays(line.region)} {t('shift.receipt.later')}
            </p>
          </Note>
        ) : (
          <Note tone="ok">
            <p className="t">{receiptSays(line)}</p>
            <p>{t('shift.receipt.means')}</p>
          </Note>
        )}
      </div>
      <div className="fx wrap">
        <Button primary kbd="Ctrl+P" onPress={() => setPaper(true)}>
          {t('shift.print')}
        </Button>
        <Button kbd="Ctrl+L" onPress={() => void lock()}>
          {t('app.lock')}
        </Button>
      </div>
      {paper ? (
        <PaperDialog
          paper={{
            of: { of: 'shift', id: line.id },
            name: t('shift.paper', { at: moment(line.at) }),
          }}
          onClose={() => setPaper(false)}
        />
      ) : null}
    </Card>
  );
}
