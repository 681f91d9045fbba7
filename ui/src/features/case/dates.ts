// Days in the forms sentences need: “until”, and with the weekday. Kazakh bends the month's name.
import { language } from '../../i18n';
import { day, weekday } from '../../i18n/dates';

const KK_UNTIL = [
  'қаңтарға',
  'ақпанға',
  'наурызға',
  'сәуірге',
  'мамырға',
  'маусымға',
  'шілдеге',
  'тамызға',
  'қыркүйекке',
  'қазанға',
  'қарашаға',
  'желтоқсанға',
];

/** The day as it stands in “by …”, “until …”: «до 23 ноября», «23 қарашаға дейін». */
export function until(date: string, today?: string): string {
  if (language() !== 'kk') return day(date, today);
  const [year, month, number] = date.split('-');
  const said = `${Number(number)} ${KK_UNTIL[Number(month) - 1] ?? ''}`;
  const other = today !== undefined && today.slice(0, 4) !== year;
  return other ? `${year} жылғы ${said}` : said;
}

/** “22 November (Sunday)”: bends in no language. */
export function dayAndWeekday(date: string): string {
  return `${day(date)} (${weekdayName(date)})`;
}

/** The weekday alone. */
function weekdayName(date: string): string {
  // `weekday` gives «Sunday, 22 November»; every language puts the name first and a comma after it
  // or the numbers around it, so the letters before the first comma, else before the digits, are it.
  const said = weekday(date);
  const cut = said.search(/[,\d]/);
  if (cut > 0) return said.slice(0, cut).trim();
  return said.replace(/^[^,]*,\s*/, '');
}

/** Runs of days in few words: «28–29 November, 5 December». Days are sorted, `yyyy-mm-dd`. */
export function runs(days: readonly string[]): string {
  const parts: { from: string; to: string }[] = [];
  for (const date of days) {
    const last = parts.at(-1);
    if (last && nextDay(last.to) === date) last.to = date;
    else parts.push({ from: date, to: date });
  }
  return parts
    .map(({ from, to }) => {
      if (from === to) return day(from);
      if (from.slice(0, 7) !== to.slice(0, 7)) return `${day(from)} – ${day(to)}`;
      const number = String(Number(from.slice(8)));
      return language() === 'en'
        ? day(to).replace(String(Number(to.slice(8))), `${number}–${Number(to.slice(8))}`)
        : `${number}–${day(to)}`;
    })
    .join(', ');
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
