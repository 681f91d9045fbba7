// An inspector's rounds: today's doors, the rest of the beat, the day handed in. Works without a line.
import { useEffect, useRef, useState } from 'react';
import { call, type RoundPlace, type RoundReceipt } from '../../backend';
import { client, refresh, useAction, useCommand } from '../../backend/query';
import { t } from '../../i18n';
import { weekday } from '../../i18n/dates';
import { Card, EmptyState, ErrorNote, Field, matches, Skeleton } from '../../kit';
import { bindKeys } from '../../shell/keys';
import { navigate } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { toastDone } from '../../shell/undo';
import { tell } from '../../shell/visit';
import { DayCard } from './DayCard';
import { KeepCard } from './KeepCard';
import { type PlaceActs, PlaceRow } from './PlaceRow';
import { VisitDialog } from './VisitDialog';
import '../case/shared.css';
import './round.css';
import { useKept } from '../../shell/kept';

/** Rows of the rest that are drawn; the filter finds the others. */
const REST_ROWS = 100;

export function RoundScreen() {
  const round = useCommand('round', {});
  const plan = useAction('round_plan');
  const drop = useAction('round_drop');
  const handIn = useAction('round_hand_in');
  const [visited, setVisited] = useKept<RoundPlace>('round.visited');
  const [receipt, setReceipt] = useState<RoundReceipt>();
  const [filter, setFilter] = useKept('round.filter', '');
  const view = round.data;

  const acts: PlaceActs = {
    visit: setVisited,
    intake: (place) => void begin(place),
    plan: (place, day) =>
      plan.mutate(
        { id: place.id, day },
        {
          onError: tell,
          onSuccess: ({ undo }) =>
            toastDone(
              t(day === null ? 'round.planned.later' : 'round.planned.today', {
                address: place.address,
              }),
              undo,
            ),
        },
      ),
    drop: (place) =>
      drop.mutate(
        { id: place.id },
        {
          onError: tell,
          onSuccess: ({ undo }) => toastDone(t('round.dropped', { address: place.address }), undo),
        },
      ),
  };
  const run = (day: string | null) => {
    if (handIn.isPending) return;
    setReceipt(undefined);
    handIn.mutate({ day }, { onSuccess: setReceipt });
  };
  const some = view !== undefined && (view.counts.visits > 0 || view.taken > 0);
  const now = useRef(() => {});
  // A dialog over the screen has its own Ctrl+Enter.
  now.current = () => {
    if (some && !document.querySelector('[role="dialog"]')) run(null);
  };
  useEffect(
    () =>
      bindKeys({
        'Control+Enter': () => now.current(),
        'Alt+KeyA': () =>
          document.querySelector<HTMLElement>('input[aria-keyshortcuts="Alt+A"]')?.focus(),
      }),
    [],
  );
  // The first door has the focus: one looks, presses Enter, and says what came of it.
  const there = view !== undefined;
  useEffect(() => {
    if (there) document.querySelector<HTMLElement>('.round-door')?.focus();
  }, [there]);

  const rest = view?.rest.filter(
    (place) => filter.trim() === '' || matches(`${place.address} ${place.note}`, filter),
  );
  const open = view?.plan.filter((place) => !place.done).length ?? 0;
  return (
    <Screen
      title={t('round.title')}
      sub={
        view
          ? `${weekday(view.today)} · ${open > 0 ? t('round.left', { n: open }) : t('round.left.none')}`
          : null
      }
    >
      {round.error ? <ErrorNote error={round.error} onRetry={() => void round.refetch()} /> : null}
      <div className="round">
        <div className="round-left">
          <Card title={t('round.plan')} aside={<span className="m">{t('round.keys')}</span>}>
            {view === undefined ? (
              <Skeleton rows={4} two />
            ) : view.plan.length === 0 ? (
              <EmptyState>{t('round.plan.none')}</EmptyState>
            ) : (
              <ul>
                {view.plan.map((place) => (
                  <PlaceRow key={place.id} place={place} today={view.today} acts={acts} />
                ))}
              </ul>
            )}
          </Card>
          {view && view.rest.length > 0 ? (
            <Card title={t('round.rest')} aside={t('round.rest.n', { n: view.rest.length })}>
              {view.rest.length > 8 ? (
                <div className="round-filter">
                  <Field
                    type="search"
                    label={t('round.filter')}
                    value={filter}
                    onChange={setFilter}
                  />
                </div>
              ) : null}
              <ul>
                {rest?.slice(0, REST_ROWS).map((place) => (
                  <PlaceRow key={place.id} place={place} today={view.today} acts={acts} />
                ))}
              </ul>
              {rest && rest.length > REST_ROWS ? (
                <p className="m round-cut">{t('round.rest.cut', { n: REST_ROWS })}</p>
              ) : null}
            </Card>
          ) : null}
        </div>
        <div className="round-right">
          {view ? (
            <>
              <DayCard
                view={view}
                receipt={receipt}
                pending={handIn.isPending}
                error={handIn.error}
                onHandIn={run}
              />
              <KeepCard today={view.today} suggested={view.suggested} />
            </>
          ) : null}
        </div>
      </div>
      {visited ? <VisitDialog place={visited} onClose={() => setVisited(undefined)} /> : null}
    </Screen>
  );
}

let beginning = false;

/** An intake at this address; a second press while it opens is none. */
async function begin(place: RoundPlace): Promise<void> {
  if (beginning) return;
  beginning = true;
  try {
    const { draft, changed } = await call('round_intake', { id: place.id });
    client.setQueryData(['draft_get', { id: draft.id }], draft);
    refresh(changed);
    navigate({ screen: 'intake', draft: draft.id });
  } catch (error) {
    tell(error);
  } finally {
    beginning = false;
  }
}
