// The note to the next officer: saved while it is typed, and before the view goes.
import { useEffect, useRef, useState } from 'react';
import { call } from '../../backend';
import { client } from '../../backend/query';
import { beforeLeave } from '../../shell/leave';
import { tell } from '../../shell/visit';

const PAUSE = 500;

export function useNote(kept: string) {
  const [note, setNote] = useState(kept);
  const saved = useRef(kept);
  const now = useRef(kept);
  now.current = note;
  const save = useRef(async () => {
    if (now.current === saved.current) return;
    const text = now.current;
    await call('shift_note', { note: text });
    saved.current = text;
    client.setQueryData(['shift', {}], (view: { note: string } | undefined) =>
      view ? { ...view, note: text } : view,
    );
  });
  useEffect(() => {
    if (note === saved.current) return;
    const timer = setTimeout(() => void save.current().catch(tell), PAUSE);
    return () => clearTimeout(timer);
  }, [note]);
  useEffect(() => {
    const forget = beforeLeave(() => save.current());
    return () => {
      forget();
      // Another screen of the same desk: what was typed in the last half second goes too.
      void save.current().catch(tell);
    };
  }, []);
  /** It was handed over: nothing is left to save. */
  const done = () => {
    saved.current = '';
    now.current = '';
    setNote('');
  };
  return { note, setNote, done };
}
