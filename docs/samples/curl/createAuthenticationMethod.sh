curl --fail-with-body --request POST "http://127.0.0.1:3000/api/v2/users/auth0%7C5f7c8ec7c33c6c004bbafe82/authentication-methods" \
  --header "Authorization: Bearer $TOKEN" \
  --header "Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324" \
  --header "Content-Type: application/json" \
  --data '{ "type": "phone", "name": "Mobile", "phone_number": "+442071838750", "preferred_authentication_method": "sms" }'
