/**
 * Whether an `Accept` header asks for HTML rather than JSON: only where `text/html` strictly outranks it, as in what
 * browsers send. Programs, which send nothing or "anything", get JSON.
 */
export function prefersHTML(header: string | null): boolean {
  const ranges = (header ?? "*/*").split(",").map((each) => {
    const [type = "", ...parameters] = each.split(";").map((word) => word.trim().toLowerCase())
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2)
    return { type, quality: quality === undefined ? 1 : Number(quality) || 0 }
  })
  const qualityOf = (...types: string[]) =>
    types
      .map((type) => ranges.find((range) => range.type === type)?.quality)
      .find((quality) => quality !== undefined) ?? 0
  return qualityOf("text/html", "text/*", "*/*") > qualityOf("application/json", "application/*", "*/*")
}
