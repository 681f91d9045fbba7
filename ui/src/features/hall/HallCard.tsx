// The hall on the reception: who is next, and the key that calls.
import { t } from '../../i18n';
import { Button, LinkButton } from '../../kit/Button';
import { Card, Skeleton } from '../../kit/basics';
import { href } from '../../shell/router';
import { callIn } from './call';
import { QueueRows, useHall } from './QueueRows';
import './hall.css';

/** The hall's own screen has them all. */
const ROWS = 5;

export function HallCard() {
  const hall = useHall().data;
  const none = hall?.lines.length === 0;
  return (
    <Card
      title={t('hall.list')}
      className="hall-card"
      aside={
        hall && hall.waiting > 0 ? (
          <a href={href({ screen: 'hall' })}>{t('hall.waiting', { n: hall.waiting })}</a>
        ) : null
      }
    >
      {hall === undefined ? (
        <Skeleton rows={1} two />
      ) : none ? (
        <div className="hall-none">
          <span className="m">{t('hall.empty')}</span>
          <LinkButton small quiet kbd="Alt+H" href={href({ screen: 'hall' })}>
            {t('hall.give')}
          </LinkButton>
        </div>
      ) : (
        <>
          <QueueRows lines={hall.lines} mayCall limit={ROWS} />
          {hall.waiting > 0 ? (
            <div className="hall-next">
              <Button kbd="Alt+N" onPress={() => void callIn(null)}>
                {t('hall.next')}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Card>
  );
}
