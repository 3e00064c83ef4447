// The virtual network the apps call out from, and the subnet in which the stores answer them.
//
// Outgoing traffic is not filtered: the apps also need Entra ID, Event Grid and Azure Monitor, and what the platform
// itself calls from a Flex Consumption subnet is not published as a list that could be kept true from here.

@description('Where the network is made.')
param location string

@description('Ends every name, so that two environments do not clash.')
param token string

@description('Tags of every resource.')
param tags object

@description('IPv4 space of the network, at least a /23: a /24 for the apps, a /26 for the endpoints.')
param addressSpace string

resource guard 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-endpoints-${token}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'apps-over-https'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: cidrSubnet(addressSpace, 24, 0)
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'nobody-else'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressSpace]
    }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: cidrSubnet(addressSpace, 24, 0)
          // Entra ID's keys, Event Grid and Azure Monitor are reached over the platform's own way out.
          defaultOutboundAccess: true
          delegations: [
            {
              name: 'flex-consumption'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressSpace, 26, 4)
          defaultOutboundAccess: false
          // Without this the security group is not looked at for traffic to private endpoints.
          privateEndpointNetworkPolicies: 'Enabled'
          networkSecurityGroup: {
            id: guard.id
          }
        }
      }
    ]
  }

  resource apps 'subnets' existing = {
    name: 'apps'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

output networkId string = network.id
output appsSubnetId string = network::apps.id
output endpointsSubnetId string = network::endpoints.id
