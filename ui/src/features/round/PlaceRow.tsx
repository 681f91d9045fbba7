// One address: what is open there and what to beware of, before knocking; keys for what comes of it.
import type { KeyboardEvent } from 'react';
import type { RoundPlace } from '../../backend';
import { t, tCode } from '../../i18n';
import { Button, Due, Tag } from '../../kit';
import { href } from '../../shell/router';
import { filesSay, lastSays } from './words';

export interface PlaceActs {
  visit: (place: RoundPlace) => void;
  intake: (place: RoundPlace) => void;
  plan: (place: RoundPlace, day: string | null) => void;
  drop: (place: RoundPlace) => void;
}

export function PlaceRow(props: { place: RoundPlace; today: string; acts: PlaceActs }) {
  const { place, today, acts } = props;
  const planned = place.day !== null && place.day <= today;
  const danger = place.cases.some((one) => one.caution.length > 0);
  const onKey = (event: KeyboardEvent<HTMLButtonElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === 'KeyN') acts.intake(place);
    else if (event.code === 'KeyP') acts.plan(place, planned ? null : today);
    else if (event.code === 'KeyX') acts.drop(place);
    else if (event.code === 'ArrowDown') step(event.currentTarget, 1);
    else if (event.code === 'ArrowUp') step(event.currentTarget, -1);
    else return;
    event.preventDefault();
  };
  return (
    <li className={place.done ? 'round-place done' : 'round-place'}>
      <button
        type="button"
        className="round-door"
        onClick={() => acts.visit(place)}
        onKeyDown={onKey}
        aria-keyshortcuts="N P X"
      >
        <span className="round-address">
          {place.done ? <span aria-hidden="true">✓ </span> : null}
          {place.done ? <span className="sr">{t('round.done')} </span> : null}
          {place.address}
        </span>
        {danger ? <Tag tone="late">{t('round.caution')}</Tag> : null}
        <span className="m round-line">
          {[place.note, lastSays(place), filesSay(place.last?.files?.length ?? 0)]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {place.day ? <Due date={place.day} today={today} /> : null}
      </button>
      {place.cases.length > 0 ? (
        <ul className="round-cases">
          {place.cases.map((one) => (
            <li key={one.id}>
              <a href={href({ screen: 'case', id: one.id })}>
                <span className="num">{one.number}</span> {one.title}
              </a>
              {one.caution.map((code) => (
                <span className="round-danger" key={code}>
                  {tCode(`round.caution.${code}`, t('round.caution'))}
                </span>
              ))}
              {one.call_note ? <span className="m">{one.call_note}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
      <div className="round-acts">
        <Button
          small
          label={t('round.visit_one', { address: place.address })}
          onPress={() => acts.visit(place)}
        >
          {t('round.visit')}
        </Button>
        <Button
          small
          label={t('round.intake_one', { address: place.address })}
          onPress={() => acts.intake(place)}
        >
          {t('round.intake')}
        </Button>
        <Button
          small
          quiet
          label={t(planned ? 'round.later_one' : 'round.today_one', { address: place.address })}
          onPress={() => acts.plan(place, planned ? null : today)}
        >
          {planned ? t('round.later') : t('round.today')}
        </Button>
        <Button
          small
          quiet
          label={t('round.drop_one', { address: place.address })}
          onPress={() => acts.drop(place)}
        >
          {t('round.drop')}
        </Button>
      </div>
    </li>
  );
}

/** The next door of the screen, or the one before. */
function step(from: HTMLElement, by: number): void {
  const doors = [...document.querySelectorAll<HTMLElement>('.round-door')];
  doors[doors.indexOf(from) + by]?.focus();
}
