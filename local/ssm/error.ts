/** An error of the SSM API, by its name on the wire. */
export class SsmError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
