// Who looked at a case; without one, what was looked at lately.
import type { LookLine } from '../../backend';
import { useCommand } from '../../backend/query';
import { t, tCode } from '../../i18n';
import { fullMoment } from '../../i18n/dates';
import { Button, Dialog, ErrorNote, Skeleton } from '../../kit';
import { href } from '../../shell/router';

export function LooksDialog(props: { id: string | null; onClose: () => void }) {
  const { data, error, refetch } = useCommand('looks', { case: props.id }, { staleTime: 0 });
  const own = data !== undefined && !data.all;
  return (
    <Dialog
      open
      wide
      onClose={props.onClose}
      title={t(own ? 'look.title.own' : 'look.title')}
      foot={<Button onPress={props.onClose}>{t('kit.close')}</Button>}
    >
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton rows={4} /> : null}
      {data && data.lines.length === 0 ? <p className="m">{t('look.none')}</p> : null}
      {data && data.lines.length > 0 ? (
        <table className="looks">
          <thead>
            <tr>
              <th>{t('look.column.at')}</th>
              {own ? null : <th>{t('look.column.who')}</th>}
              <th>{t('look.column.what')}</th>
              {props.id === null ? <th>{t('look.column.case')}</th> : null}
              <th>{t('look.column.why')}</th>
            </tr>
          </thead>
          <tbody>
            {data.lines.map((line, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own and are only read
              <tr key={n}>
                <td className="num">{fullMoment(line.at)}</td>
                {own ? null : <td>{line.who || t('look.who_unknown')}</td>}
                <td>{whatSays(line)}</td>
                {props.id === null ? (
                  <td className="num">
                    {line.case ? (
                      <a href={href({ screen: 'case', id: line.case })} onClick={props.onClose}>
                        {line.number ?? t('case.visit_only')}
                      </a>
                    ) : null}
                  </td>
                ) : null}
                <td>{whySays(line)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {data?.more ? <p className="m">{t('look.more', { n: data.lines.length })}</p> : null}
    </Dialog>
  );
}

function whatSays(line: LookLine): string {
  if (line.what === 'printed') {
    const paper = tCode(`paper.name.${line.paper}`, t('paper.name.other'));
    return t('look.what.printed', { paper });
  }
  if (line.what === 'searched') return t('look.what.searched', { n: line.n ?? 0 });
  return tCode(`look.what.${line.what}`, t('look.what.later'));
}

function whySays(line: LookLine): string {
  const { why } = line;
  if (!why) return '';
  return why.words || tCode(`look.reason.${why.code}`, why.code);
}
