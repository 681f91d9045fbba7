// Dates as words, with the exact date one hover away.
import { day, due, fullDay, moment } from '../i18n/dates';
import { Tag } from './basics';

/** “27 November”. */
export function DateText(props: { date: string; today?: string }) {
  return (
    <time dateTime={props.date} title={fullDay(props.date)}>
      {day(props.date, props.today)}
    </time>
  );
}

/** “14:02”, “yesterday, 14:02”, “21 November, 14:02”. */
export function Moment(props: { at: string }) {
  return (
    <time dateTime={props.at} className="num">
      {moment(props.at)}
    </time>
  );
}

/** A last day as a tag: “2 working days late”, “today, the last day”, “tomorrow”, “27 November”. */
export function Due(props: { date: string; today: string; lateWd?: number }) {
  const { text, tone } = due(props.date, props.today, props.lateWd ?? 0);
  return (
    <Tag tone={tone} title={fullDay(props.date)}>
      <time dateTime={props.date}>{text}</time>
    </Tag>
  );
}
