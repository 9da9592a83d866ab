curl --fail-with-body --request POST "http://127.0.0.1:3000/api/v2/users" \
  --header "Authorization: Bearer $TOKEN" \
  --header "Content-Type: application/json" \
  --data '{ "connection": "Username-Password-Authentication", "user_id": "5f7c8ec7c33c6c004bbafe82", "email": "ada.lovelace@example.com" }'
