/** The statements of a migration, each with its semicolon at the end of a line, as they are written. */
export function statementsOf(sql: string): readonly string[] {
  const pieces = sql.split(/(?<=;)[ \t]*\n/).map((piece) => piece.trim());
  return pieces.filter((piece) => piece !== '');
}
