/** Words of names, metrics and sentences: the parts of camelCase, snake_case and paths, in lower case. */

/** Alarm text is hostile text: no more of it is read than AWS allows in a description. */
const longestText = 1_024;
const mostWords = 60;

/** Words that every alarm has, that measure, count or fill, and that say nothing about what is broken. */
const fillers = new Set(
  [
    'a about above across after again alarm alert all an and any are as at aws be been before being below between but by',
    'can check checking cloudwatch critical current detect detected dev do does during each ec2 else env environment every',
    'exceed exceeded exceeding for from get go goes going greater has have high host how if in instance into is it its',
    'least less long low make max maximum metric min minimum monitor monitoring more most new no not now number of off on',
    'one only or other our out over own per percentage please prd prod production range reach reached run say see server',
    'set should since so some stage staging state system take team than that the their them then there these they this',
    'those threshold through time to too trigger triggered two under until up use used usage utilization utilisation value',
    'very warn warning was we what when where which while who why will with within without',
    'average avg byte consecutive count datapoint day gb hour kb mb mean millisecond minute ms percent percentile period',
    'rate ratio sample second sum total unit units',
  ].flatMap((line) => line.split(' ')),
);

/** A text as its words in lower case with single spaces: `CPUUtilization` is `cpu utilization`, `mem_used_percent` is `mem used percent`. */
export function spoken(text: string): string {
  return text
    .slice(0, longestText)
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The words that can be evidence: no fillers, no numbers, no plural "s", at most 60 of them, each once. */
export function wordsOf(text: string): string[] {
  const words = spoken(text)
    .split(' ')
    .map((word) => word.slice(0, 32))
    .filter((word) => word.length > 1 && !fillers.has(word) && !/^\d+\p{L}?$/u.test(word))
    .map((word) => word.replace(/(?<=[a-rt-z]{3})s$/, ''))
    .filter((word) => !fillers.has(word));
  return [...new Set(words)].slice(0, mostWords);
}
