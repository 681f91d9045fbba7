// A date that tells how it came about when asked: a button in words, the derivation over the page.
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import type { Deadline } from '../../backend';
import { t } from '../../i18n';
import { fullDay } from '../../i18n/dates';
import { explain } from './why';

export function WhyDate(props: {
  deadline: Deadline;
  /** What the button shows; the date in words. */
  children: ReactNode;
  /** Where the term comes from. */
  source?: string;
  className?: string;
}) {
  const title = t('case.why.title', { date: fullDay(props.deadline.due) });
  return (
    <DialogTrigger>
      <AriaButton className={props.className ?? 'why-date'}>
        {props.children}
        <span className="sr"> {title}</span>
      </AriaButton>
      <Popover className="popover why-popover" placement="bottom end" offset={6}>
        <Dialog aria-label={title}>
          <p className="t">{title}</p>
          <Derivation
            deadline={props.deadline}
            {...(props.source ? { source: props.source } : {})}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The sentences themselves, and the calendar they were counted with. */
export function Derivation(props: { deadline: Deadline; source?: string }) {
  const said = [...(props.source ? [props.source] : []), ...explain(props.deadline)];
  return (
    <>
      <p className="m prose">{said.join(' ')}</p>
      <p className="s">{t('case.why.calendar', { version: props.deadline.calendar })}</p>
    </>
  );
}
