import { describe, expect, test } from "bun:test"
import { type LoginSetup, loginSetup } from "../helper/login-vendor"

describe("a login to GitHub Copilot", () => {
  const start = (it: LoginSetup) => ({
    device_code: "device-9",
    user_code: "WXYZ-0000",
    verification_uri: `${it.vendor.url}/login/device`,
    expires_in: 900,
    interval: 0.01,
  })

  test("asks at the pace that GitHub wants until the user has confirmed", async () => {
    await using it = await loginSetup()
    it.vendor.answer("/login/device/code", start(it))
    it.vendor.answer(
      "/login/oauth/access_token",
      { error: "authorization_pending" },
      { error: "slow_down", interval: 0.05 },
      { access_token: "gho_token", token_type: "bearer", scope: "read:user" },
    )
    const { body } = await it.authorize("github-copilot", { method: 0, inputs: { deploymentType: "github.com" } })
    expect(body).toEqual({
      url: `${it.vendor.url}/login/device`,
      method: "auto",
      instructions: "Enter code: WXYZ-0000",
    })
    expect((await it.finish("github-copilot", { method: 0 })).body).toBe(true)
    expect(it.vendor.to("/login/device/code")[0]!.body.scope).toBe("read:user")
    expect(it.vendor.to("/login/oauth/access_token")[0]!.body).toMatchObject({
      device_code: "device-9",
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    })
    expect(await it.stored()).toEqual({
      "github-copilot": { type: "oauth", refresh: "gho_token", access: "gho_token", expires: 0 },
    })
    expect(await it.connected()).toEqual(["github-copilot"])
  })

  test("of an enterprise goes to its own address", async () => {
    await using it = await loginSetup()
    it.vendor.answer("/company.ghe.com/login/device/code", start(it))
    it.vendor.answer("/company.ghe.com/login/oauth/access_token", { access_token: "ghe_token" })
    const inputs = { deploymentType: "enterprise", enterpriseUrl: "https://company.ghe.com/" }
    await it.authorize("github-copilot", { method: 0, inputs })
    expect((await it.finish("github-copilot", { method: 0 })).body).toBe(true)
    expect(await it.stored()).toMatchObject({ "github-copilot": { enterpriseUrl: "company.ghe.com" } })
  })

  test.each([
    ["access_denied", "The user said no"],
    ["expired_token", "Too late"],
    ["device_flow_disabled", undefined],
  ])("fails on %s", async (error, description) => {
    await using it = await loginSetup()
    it.vendor.answer("/login/device/code", start(it))
    it.vendor.answer("/login/oauth/access_token", { error, ...(description && { error_description: description }) })
    await it.authorize("github-copilot", { method: 0 })
    const { body } = await it.finish("github-copilot", { method: 0 })
    expect(body).toMatchObject({ name: "ProviderAuthOauthCallbackFailed", data: { providerID: "github-copilot" } })
    expect(body.data.message).toContain(description ?? error)
    expect(await it.stored()).toBeUndefined()
  })

  test("takes no address that is of no use", async () => {
    await using it = await loginSetup()
    for (const enterpriseUrl of [
      "",
      "http://company.ghe.com",
      "localhost",
      "https://user:pass@company.ghe.com",
      "file:///etc",
    ]) {
      const inputs = { deploymentType: "enterprise", enterpriseUrl }
      expect((await it.authorize("github-copilot", { method: 0, inputs })).body).toMatchObject({
        name: "ProviderAuthValidationFailed",
        data: { field: "enterpriseUrl" },
      })
    }
    expect(
      (await it.authorize("github-copilot", { method: 0, inputs: { deploymentType: "moon" } })).body.data.field,
    ).toBe("deploymentType")
    expect(it.vendor.requests).toEqual([])
  })

  test("takes no page of another kind to send the user to", async () => {
    await using it = await loginSetup()
    it.vendor.answer("/login/device/code", { ...start(it), verification_uri: "javascript:alert(1)" })
    expect((await it.authorize("github-copilot", { method: 0 })).status).toBe(400)
  })
})
