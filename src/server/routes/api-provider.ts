import { Type } from "@sinclair/typebox"
import { getIntegration, listIntegrations } from "../../provider/integration"
import { getProvider, listProviders } from "../../provider/provider"
import { ProviderNotFoundError } from "../../schema/api-error"
import { IntegrationInfo } from "../../schema/api-integration"
import { ModelV2Info } from "../../schema/api-model"
import { ProviderV2Info } from "../../schema/api-provider"
import { json, notFoundAnswer } from "../answers"
import { located, locatedAnswer, locationQuery } from "../api/location"
import { modelInfos, providerInfo } from "../api/model"
import { type Route, route } from "../route"

export const apiProviderRoutes: Route[] = [
  route(
    "GET",
    "/api/model",
    {
      id: "v2.model.list",
      tags: ["v2"],
      summary: "List models",
      description: "The models of the connected providers.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(ModelV2Info), "Models") },
    },
    async ({ instance }) => located(instance, (await listProviders(instance)).flatMap(modelInfos)),
  ),
  route(
    "GET",
    "/api/provider",
    {
      id: "v2.provider.list",
      tags: ["v2"],
      summary: "List providers",
      description: "The connected providers.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(ProviderV2Info), "Providers") },
    },
    async ({ instance }) => located(instance, (await listProviders(instance)).map(providerInfo)),
  ),
  route(
    "GET",
    "/api/provider/:providerID",
    {
      id: "v2.provider.get",
      tags: ["v2"],
      summary: "Get provider",
      description: "One of the connected providers.",
      refusal: "invalid",
      params: { providerID: Type.String() },
      query: locationQuery,
      responses: {
        200: locatedAnswer(ProviderV2Info, "Provider"),
        404: json(ProviderNotFoundError, "No such provider is connected"),
      },
    },
    async ({ instance, params: { providerID } }) =>
      located(instance, providerInfo(await getProvider(instance, providerID))),
  ),
  route(
    "GET",
    "/api/integration",
    {
      id: "v2.integration.list",
      tags: ["v2"],
      summary: "List integrations",
      description: "The providers that can be logged in to, and which credentials there are.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(IntegrationInfo), "Integrations") },
    },
    async ({ instance }) => located(instance, await listIntegrations(instance)),
  ),
  route(
    "GET",
    "/api/integration/:integrationID",
    {
      id: "v2.integration.get",
      tags: ["v2"],
      summary: "Get integration",
      refusal: "invalid",
      params: { integrationID: Type.String() },
      query: locationQuery,
      responses: { 200: locatedAnswer(IntegrationInfo, "Integration"), 404: notFoundAnswer },
    },
    async ({ instance, params: { integrationID } }) => located(instance, await getIntegration(instance, integrationID)),
  ),
]
