// The ids of all texts, taken from the English catalogue: an unknown id fails the type check.
import type app from './en/app.json';
import type bodies from './en/bodies.json';
import type byHand from './en/by_hand.json';
import type caseTexts from './en/case.json';
import type control from './en/control.json';
import type errors from './en/errors.json';
import type files from './en/files.json';
import type hall from './en/hall.json';
import type intake from './en/intake.json';
import type kit from './en/kit.json';
import type knowledge from './en/knowledge.json';
import type look from './en/look.json';
import type paper from './en/paper.json';
import type person from './en/person.json';
import type plan from './en/plan.json';
import type reception from './en/reception.json';
import type round from './en/round.json';
import type search from './en/search.json';
import type session from './en/session.json';
import type settings from './en/settings.json';
import type shift from './en/shift.json';
import type sync from './en/sync.json';
import type terms from './en/terms.json';
import type training from './en/training.json';
import type words from './en/words.json';

export type MessageId =
  | keyof typeof app
  | keyof typeof bodies
  | keyof typeof byHand
  | keyof typeof caseTexts
  | keyof typeof control
  | keyof typeof errors
  | keyof typeof files
  | keyof typeof hall
  | keyof typeof intake
  | keyof typeof kit
  | keyof typeof knowledge
  | keyof typeof look
  | keyof typeof paper
  | keyof typeof person
  | keyof typeof plan
  | keyof typeof reception
  | keyof typeof round
  | keyof typeof search
  | keyof typeof session
  | keyof typeof settings
  | keyof typeof shift
  | keyof typeof sync
  | keyof typeof terms
  | keyof typeof training
  | keyof typeof words;
