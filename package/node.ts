/** Says in one sentence that Node is too old for the built package. Every Node that can load a module must be able to read it. */

/** As `engines` says: the first that CDK's libraries and the built command run on. */
const oldest = [20, 19] as const;

export function refuseOldNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(
    `countersign: this is Node ${version}, and it needs ${oldest.join('.')} or newer; install Node 24, the one that is deployed, and run npm install again`,
  );
  process.exit(1);
}
