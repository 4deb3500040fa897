/** What Node 20 lacks of the language that the sources are written in; the build puts it before them. */

// biome-ignore lint/complexity/useLiteralKeys: older Nodes have no such property
Map['groupBy'] ??= <K, V>(items: Iterable<V>, keyOf: (item: V, index: number) => K): Map<K, V[]> => {
  const groups = new Map<K, V[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};
