// The kit: every shape the screens are made of.
export { Button, LinkButton } from './Button';
export { Card, EmptyState, Kbd, Row, Skeleton, Tag, type Tone } from './basics';
export { Combo, type ComboItem } from './Combo';
export { DateText, Due, Moment } from './DateText';
export { Dialog } from './Dialog';
export { Field, TextArea } from './Field';
export { Fold } from './Fold';
export { focusWithin } from './focus';
export { fold, matches } from './fold';
export { pasteJoined } from './letter';
export { ErrorNote, Note } from './Note';
export { Pill, PillChecks, PillRadios } from './Pill';
export { Stamps } from './Stamps';
export { Timeline, type TimelineEntry } from './Timeline';
export { clearToasts, Toasts, toast } from './Toast';
export { VirtualList } from './VirtualList';
