// After finishing: what was saved, under which number, what to say to the person, and on.
import { useEffect, useRef } from 'react';
import type { IntakeDone, Preview } from '../../backend';
import { t } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { Button, Card, LinkButton } from '../../kit';
import { href } from '../../shell/router';
import { Screen } from '../../shell/Screen';
import { until } from '../case/dates';
import type { Book } from './form';
import { promiseLine } from './ReferPane';
import { bodyName } from './useBook';

export interface Finished {
  done: IntakeDone;
  preview: Preview;
  /** Days chosen by hand, by body; they hold over the theme's own. */
  chosen: Record<string, string>;
}

export function Done(props: {
  finished: Finished;
  book: Book;
  onNew: () => void;
  opening: boolean;
}) {
  const { done, preview, chosen } = props.finished;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const said =
    done.becomes === 'case'
      ? t('intake.done.case', { number: done.number ?? '' })
      : done.becomes === 'crime'
        ? t('intake.done.crime')
        : done.becomes === 'visit'
          ? t('intake.done.visit')
          : t('intake.done.advice');
  const promises = preview.referrals.flatMap((r) => {
    const due = chosen[r.agency] ?? r.answer?.due;
    // A restricted body is not read out loud in the hall.
    return due && r.circle === 'open' && !r.copy_of
      ? [promiseLine(bodyName(props.book, r.agency), due)]
      : [];
  });
  return (
    <Screen title={t('intake.title')}>
      <Card padded className="finished">
        <h2 ref={heading} tabIndex={-1}>
          {said}
        </h2>
        <p className="m">
          {done.becomes === 'case'
            ? `${done.coupon_opened ? t('intake.done.printed') : t('intake.done.not_printed')} `
            : ''}
          {t('intake.done.safe')}
        </p>
        {promises.length > 0 ? (
          <>
            <h3 className="t">{t('intake.done.remember')}</h3>
            <ul>
              {promises.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        ) : null}
        {preview.redirect ? (
          <p className="m">
            {t('intake.redirect.done', { due: until(preview.redirect.by.due, dayOf(new Date())) })}
          </p>
        ) : null}
        <div className="fx wrap">
          <Button primary kbd="Ctrl+N" onPress={props.onNew} pending={props.opening}>
            {t('intake.done.new')}
          </Button>
          <LinkButton href={href({ screen: 'case', id: done.case })}>
            {done.becomes === 'case' ? t('intake.done.open') : t('intake.done.open_visit')}
          </LinkButton>
          <LinkButton quiet href={href({ screen: 'reception' })}>
            {t('intake.done.reception')}
          </LinkButton>
        </div>
      </Card>
    </Screen>
  );
}
