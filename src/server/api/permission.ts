import type { PermissionV2Request } from "../../schema/api-permission"
import type { PermissionRequest } from "../../schema/permission"

/** A permission that waits for a reply, as `/api` shows it. */
export const permissionInfo = (request: PermissionRequest): PermissionV2Request => {
  const { id, sessionID, permission, patterns, always, metadata, tool } = request
  return {
    id,
    sessionID,
    action: permission,
    resources: patterns,
    save: always,
    metadata,
    ...(tool && { source: { type: "tool", messageID: tool.messageID, callID: tool.callID } }),
  }
}
