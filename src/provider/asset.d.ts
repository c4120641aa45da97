/** A file that `with { type: "file" }` puts into the binary; its path. */
declare module "*.gz" {
  const path: string
  export default path
}
