import "reflect-metadata";
import {
  BadRequestException,
  Body,
  Controller,
  HttpException,
  Module,
  Param,
  Post,
  Req,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import contract from "../../generated/openapi.json" with { type: "json" };
import { announce, authorize, create, ownFormats } from "./domain.mjs";

/** NestJS has no reader of contracts: its body is held against the contract's schema by Ajv, in a guard's place. */
const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
for (const name of ownFormats) ajv.addFormat(name, true);
ajv.addSchema({ $id: "contract", components: contract.components });
const { $ref } =
  contract.paths["/users/{id}/authentication-methods"].post.requestBody.content["application/json"].schema;
const validate = ajv.getSchema(`contract${$ref}`);

class MethodsController {
  async create(request, id, body) {
    await Promise.try(authorize, request.headers.authorization).catch((error) => {
      throw new HttpException(error.message, error.status ?? 500);
    });
    if (!validate(body)) throw new BadRequestException(validate.errors);
    return create(id, body);
  }
}
// Decorators called as the functions that they are, since Node.js runs this file as it stands.
Req()(MethodsController.prototype, "create", 0);
Param("id")(MethodsController.prototype, "create", 1);
Body()(MethodsController.prototype, "create", 2);
Post()(
  MethodsController.prototype,
  "create",
  Object.getOwnPropertyDescriptor(MethodsController.prototype, "create"),
);
Controller("api/v2/users/:id/authentication-methods")(MethodsController);
class ApiModule {}
Module({ controllers: [MethodsController] })(ApiModule);

const app = await NestFactory.create(ApiModule, { logger: false });
await app.listen(0, "127.0.0.1");
announce(app.getHttpServer().address());
