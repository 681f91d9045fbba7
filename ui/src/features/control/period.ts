// Periods an office counts in.
export type Period = 'today' | 'month' | 'last_month' | 'other';

/** First and last day of a period, both inclusive; `other` begins as this month. */
export function periodOf(period: Period, today: string): { from: string; until: string } {
  if (period === 'today') return { from: today, until: today };
  const first = `${today.slice(0, 7)}-01`;
  if (period !== 'last_month') return { from: first, until: today };
  const last = new Date(Date.parse(`${first}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  return { from: `${last.slice(0, 7)}-01`, until: last };
}
