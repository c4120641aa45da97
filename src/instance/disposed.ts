import { tagged, type WireError } from "../base/error"

/** 503: the instance of the directory ended while the request was under way. Sent again it finds a new one. */
export const disposedError = (directory: string): WireError =>
  tagged(503, "InstanceDisposedError", `The instance was disposed meanwhile, send the request again: ${directory}`)
