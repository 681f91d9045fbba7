// The mark of Esik: a door that stands ajar.
export function Mark() {
  return (
    <svg viewBox="0 0 24 28" width="22" height="26" aria-hidden="true">
      <path
        d="M1.4 26.6V12a10.6 10.6 0 0 1 21.2 0v14.6z"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="2.6"
        strokeLinejoin="round"
      />
      <circle cx="17" cy="15.5" r="2.1" fill="var(--accent)" />
    </svg>
  );
}
