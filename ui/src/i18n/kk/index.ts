// All texts of one language as one piece, loaded when it is spoken.
const files = import.meta.glob<Record<string, string>>('./*.json', {
  eager: true,
  import: 'default',
});

const texts: Record<string, string> = Object.assign({}, ...Object.values(files));

export default texts;
