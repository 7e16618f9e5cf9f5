/** A file that the build puts in as text. */
declare module "*.yaml" {
  const text: string;
  export default text;
}
