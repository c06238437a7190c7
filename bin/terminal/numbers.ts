/** `1,234,567` */
export function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** `1 file`, `2,000 files` */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
